import type { Watch } from '../policy';
import type { Residents } from './residents';

/** Who may pass a firewall besides those on the allow-list, and who of those may not. */
export interface EdgeFirewallOptions {
  /**
   * Whose canaries pass, although their address is on no list and in no jurisdiction: the allow-list is one `/32` wider. Where there are residents, that
   * address can read events of canaries and nothing else.
   *
   * @default - no canaries
   */
  readonly watch?: Watch;

  /**
   * The clients whom the region is for. Others are refused, and whoever passes is marked by a header that the services demand.
   *
   * @default - clients of all countries
   */
  readonly residents?: Residents;
}
