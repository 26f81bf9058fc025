import { type Members, Place } from './place';

/** AWS's largest prefix list. */
const MOST_ENTRIES = 1_000;

/** The parts of a prefix list. */
export interface ClientPrefixListProps {
  /** The list's id, such as `pl-0123456789abcdef0`. */
  readonly id: string;

  /** The list's maximum number of entries, 1 to 1,000. All of them count against the quota of a security group, used or not. */
  readonly maxEntries: number;
}

/** A managed prefix list of the networks that clients connect from. */
export class ClientPrefixList {
  /**
   * Makes a prefix list.
   *
   * @throws prefix-list-malformed, prefix-list-size-out-of-range
   */
  public static of(props: ClientPrefixListProps): ClientPrefixList {
    return Place.valid('prefixList', (at) => ClientPrefixList._parse(props, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): ClientPrefixList | undefined {
    const members = at.object(given, ['id', 'maxEntries']);
    if (members === undefined) return undefined;
    const form = 'pl- and 8 or 17 lower-case hex digits';
    const id = at.member('id').text(members.id, /^pl-([0-9a-f]{8}|[0-9a-f]{17})$/, 'prefix-list-malformed', form);
    const size = at.member('maxEntries').integer(members.maxEntries, 1, MOST_ENTRIES, 'prefix-list-size-out-of-range');
    return id === undefined || size === undefined ? undefined : new ClientPrefixList(id, size);
  }

  private constructor(
    /** The list's id. */
    public readonly id: string,
    /** The list's maximum number of entries. */
    public readonly maxEntries: number,
  ) {}

  /** @internal */
  public _render(): Members {
    return { id: this.id, maxEntries: this.maxEntries };
  }
}
