import { Place } from './place';

/** The longest lock that the clouds take: S3 Object Lock accepts up to 36,500 days. */
const MOST_DAYS = 36_500;

/** 100 calendar years have at least 36,524 days, which is more than 36,500. */
const MOST_YEARS = 99;

/** The unit in which a period was said. */
export enum PeriodUnit {
  /** Days of 24 hours. */
  DAYS = 'days',
  /** Calendar years. */
  YEARS = 'years',
}

/** A length of time that records are kept for. */
export class Period {
  /**
   * A number of days of 24 hours.
   *
   * @param amount 1 to 36,500
   * @throws period-out-of-range
   */
  public static days(amount: number): Period {
    return Place.valid('days', (at) => Period._parse(amount, PeriodUnit.DAYS, at));
  }

  /**
   * A number of calendar years.
   *
   * @param amount 1 to 99
   * @throws period-out-of-range
   */
  public static years(amount: number): Period {
    return Place.valid('years', (at) => Period._parse(amount, PeriodUnit.YEARS, at));
  }

  /** @internal */
  public static _parse(given: unknown, unit: PeriodUnit, at: Place): Period | undefined {
    const most = unit === PeriodUnit.YEARS ? MOST_YEARS : MOST_DAYS;
    const amount = at.integer(given, 1, most, 'period-out-of-range');
    return amount === undefined ? undefined : new Period(amount, unit);
  }

  private constructor(
    /** How many of the unit. */
    public readonly amount: number,
    /** Days or years. */
    public readonly unit: PeriodUnit,
  ) {}

  /**
   * The period in days of 24 hours, never shorter than the calendar: N years count 365 days each and the most leap days that N years
   * in a row can hold, one for every four years or part of them. Six years are 2,192 days, not 2,190.
   */
  public get inDays(): number {
    return this.unit === PeriodUnit.DAYS ? this.amount : this.amount * 365 + Math.ceil(this.amount / 4);
  }

  /** The period in words, such as `1 day` or `6 years`. */
  public get words(): string {
    return `${this.amount} ${this.amount === 1 ? this.unit.slice(0, -1) : this.unit}`;
  }
}
