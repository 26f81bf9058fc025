import { AuditLogError, type ErrorCode, type ErrorDetails } from './errors';

/** More problems than this help nobody, and a hostile document could have a million. */
const MOST_PROBLEMS = 100;

/** How CDK and CDKTF write what is known at deployment only. */
const TOKEN = /\$\{(Token|TfToken)\[/;

/** The members of a JSON object; each may be missing. */
export type Members = Readonly<Record<string, unknown>>;

/**
 * Where a value stands in a document, or among the arguments of a factory, and the list that its problems are added to.
 * Its methods read one JSON value each: they return it, or report what is wrong with it and return `undefined`.
 */
export class Place {
  /**
   * Reads a value and throws the first problem found. For factories, which are called with one value at a time.
   *
   * @param name what the value is called in errors
   */
  public static valid<T>(name: string, read: (at: Place) => T | undefined): T {
    const at = Place.root(name);
    const value = read(at);
    const [first] = at.problems;
    if (first !== undefined) throw first;
    return value as T;
  }

  /** The place of a whole document, with no problems yet. */
  public static root(path: string): Place {
    return new Place(path, []);
  }

  private constructor(
    public readonly path: string,
    /** Shared by all places of one document. At most 100. */
    public readonly problems: AuditLogError[],
  ) {}

  public member(name: string): Place {
    const plain = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/.test(name);
    return new Place(
      plain ? `${this.path}.${name}` : `${this.path}[${JSON.stringify(name.slice(0, 64))}]`,
      this.problems,
    );
  }

  public item(index: number): Place {
    return new Place(`${this.path}[${index}]`, this.problems);
  }

  public report(code: ErrorCode, details: ErrorDetails): undefined {
    if (this.problems.length < MOST_PROBLEMS)
      this.problems.push(new AuditLogError(code, { ...details, path: this.path }));
  }

  /** Missing or of the wrong type. Only scalars are shown: what a hostile document nests is never printed. */
  public reportType(given: unknown, allowed: string): undefined {
    if (given === undefined) {
      return this.report('member-missing', { problem: 'a value is missing', allowed, fix: 'add it' });
    }
    const shown = Array.isArray(given) ? 'an array' : typeof given === 'object' && given !== null ? 'an object' : given;
    this.report('type-wrong', {
      problem: 'the value has the wrong type',
      given: shown,
      allowed,
      fix: `write ${allowed}`,
    });
  }

  public text(given: unknown, pattern: RegExp, code: ErrorCode, allowed: string): string | undefined {
    if (typeof given !== 'string') return this.reportType(given, allowed);
    if (pattern.test(given)) return given;
    if (TOKEN.test(given)) {
      const problem =
        'the text stands for an attribute of a resource in the app, which nobody knows before it is deployed';
      return this.report(code, { problem, given, allowed, fix: 'give the text itself, as a document would have it' });
    }
    return this.report(code, { problem: 'the text has the wrong form', given, allowed, fix: 'correct it' });
  }

  public integer(given: unknown, least: number, most: number, code: ErrorCode): number | undefined {
    const allowed = `a whole number from ${least} to ${most}`;
    if (typeof given !== 'number' || !Number.isInteger(given)) return this.reportType(given, allowed);
    if (given >= least && given <= most) return given;
    return this.report(code, { problem: 'the number is out of range', given, allowed, fix: 'choose one in the range' });
  }

  public oneOf<T extends string | number>(given: unknown, all: readonly T[], code: ErrorCode): T | undefined {
    const found = all.find((each) => each === given);
    if (found !== undefined) return found;
    const allowed = all.join(', ');
    if (typeof given !== typeof all[0]) return this.reportType(given, allowed);
    return this.report(code, { problem: 'there is no such value', given, allowed, fix: 'choose one of those' });
  }

  /** An object that has no members but the known ones. Returned even if it has others, so that the known ones are read too. */
  public object(given: unknown, known: readonly string[]): Members | undefined {
    const members = this.map(given, known.length === 0 ? 'an empty object' : `an object with ${known.join(', ')}`);
    for (const name of Object.keys(members ?? {})) {
      if (!known.includes(name)) this.member(name).reportUnknown(known);
    }
    return members;
  }

  public reportUnknown(known: readonly string[]): undefined {
    const allowed = known.length === 0 ? 'no members' : known.join(', ');
    this.report('member-unknown', {
      problem: 'this member means nothing here',
      allowed,
      fix: 'correct its name or remove it',
    });
  }

  /** An object whose members are named by the user. */
  public map(given: unknown, allowed: string): Members | undefined {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return this.reportType(given, allowed);
    // A copy without prototype: `members.constructor` must be what the document says, or nothing.
    return Object.assign(Object.create(null), given) as Members;
  }

  /** A value that may be left out. */
  public optional<T>(given: unknown, read: (value: unknown, at: Place) => T | undefined): T | undefined {
    return given === undefined ? undefined : read(given, this);
  }

  /** A list; `undefined` as soon as one item is bad, after all items were read. */
  public list<T>(
    given: unknown,
    length: { readonly least: number; readonly most: number; readonly of: string },
    read: (item: unknown, at: Place) => T | undefined,
  ): readonly T[] | undefined {
    const allowed = `a list of ${length.least} to ${length.most} ${length.of}`;
    if (!Array.isArray(given)) return this.reportType(given, allowed);
    if (given.length < length.least || given.length > length.most) {
      const details = { problem: 'the list has too few or too many items', given: given.length, allowed };
      return this.report('list-length-out-of-range', { ...details, fix: 'add or remove items' });
    }
    const items = given.map((item, index) => read(item === undefined ? null : item, this.item(index)));
    return items.every((item) => item !== undefined) ? (items as readonly T[]) : undefined;
  }
}
