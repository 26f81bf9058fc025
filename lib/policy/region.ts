import { parseJurisdiction } from './jurisdiction';
import { type Members, Place } from './place';
import { parseRegionName } from './region-name';

/** The parts of a region. */
export interface RegionProps {
  /**
   * The cloud's name of the region, such as `eu-central-1`, or `local` on one machine: 1 to 40 of `a-z`, `0-9` and `-`, with a letter or
   * digit at both ends.
   */
  readonly name: string;

  /** The legal area that the region's data stays in, by a name of your choice such as `EU`: `[A-Z][A-Z0-9-]{0,31}`. */
  readonly jurisdiction: string;
}

/** A place where a log of its own is kept. */
export class Region {
  /**
   * Makes a region.
   *
   * @throws region-malformed, jurisdiction-malformed
   */
  public static of(props: RegionProps): Region {
    return Place.valid('region', (at) => Region._parse(props, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): Region | undefined {
    const members = at.object(given, ['name', 'jurisdiction']);
    if (members === undefined) return undefined;
    const name = parseRegionName(members.name, at.member('name'));
    const jurisdiction = parseJurisdiction(members.jurisdiction, at.member('jurisdiction'));
    return name === undefined || jurisdiction === undefined ? undefined : new Region(name, jurisdiction);
  }

  private constructor(
    /** The cloud's name of the region. */
    public readonly name: string,
    /** The legal area that the region's data stays in. */
    public readonly jurisdiction: string,
  ) {}

  /** @internal */
  public _render(): Members {
    return { name: this.name, jurisdiction: this.jurisdiction };
  }
}
