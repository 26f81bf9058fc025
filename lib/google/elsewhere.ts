import { parseIpv4 } from '../policy/ip-address';
import { type Members, Place } from '../policy/place';
import { parseRegionName } from '../policy/region-name';

const REGIONS = { least: 1, most: 31, of: 'regions' };

/** The parts of what is elsewhere. */
export interface ElsewhereProps {
  /** Names of the policy's regions that another cloud hosts, 1 to 31. Nothing of them is made here. */
  readonly regions: string[];

  /**
   * The IPv4 address from which that cloud watches the regions here. It is let in besides the allow-lists and whatever its country, within the
   * rate limit, and has to prove who it is like every client.
   *
   * @default - nobody is let in besides the allow-lists
   */
  readonly watchAddress?: string;
}

/** The part of a log that another cloud hosts. Its names lead to both clouds, so that they are made where that cloud makes them. */
export class Elsewhere {
  /**
   * Says what is elsewhere.
   *
   * @throws region-malformed, address-malformed, list-length-out-of-range
   */
  public static of(props: ElsewhereProps): Elsewhere {
    return Place.valid('elsewhere', (at) => Elsewhere._parse(props, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): Elsewhere | undefined {
    const members = at.object(given, ['regions', 'watchAddress']);
    if (members === undefined) return undefined;
    const regions = at.member('regions').list(members.regions, REGIONS, parseRegionName);
    const watchAddress = at.member('watchAddress').optional(members.watchAddress, parseIpv4);
    return regions && new Elsewhere([...new Set(regions)], watchAddress);
  }

  private constructor(
    /** Names of the policy's regions that another cloud hosts. */
    public readonly regions: string[],
    /**
     * The IPv4 address from which that cloud watches the regions here.
     *
     * @default - nobody is let in besides the allow-lists
     */
    public readonly watchAddress?: string,
  ) {}

  /** @internal */
  public _render(): Members {
    return { regions: this.regions, ...(this.watchAddress && { watchAddress: this.watchAddress }) };
  }
}
