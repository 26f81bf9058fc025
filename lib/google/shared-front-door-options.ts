import type { FirewallRule } from './firewall-rule';
import type { TlsVersion } from './tls-version';

/** How a front door for both paths is run. */
export interface SharedFrontDoorOptions {
  /**
   * Rules of your own in its firewalls.
   *
   * @default - none
   */
  readonly rules?: FirewallRule[];

  /**
   * The oldest TLS that clients may speak.
   *
   * @default - TLS 1.2
   */
  readonly minimumTls?: TlsVersion;
}
