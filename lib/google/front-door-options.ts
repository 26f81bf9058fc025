import type { FirewallRule } from './firewall-rule';
import type { TlsVersion } from './tls-version';

/** How a front door is run. */
export interface FrontDoorOptions {
  /**
   * Rules of your own in the writers' firewalls.
   *
   * @default - none
   */
  readonly writerRules?: FirewallRule[];

  /**
   * Rules of your own in the readers' firewalls.
   *
   * @default - none
   */
  readonly readerRules?: FirewallRule[];

  /**
   * The oldest TLS that clients may speak.
   *
   * @default - TLS 1.2
   */
  readonly minimumTls?: TlsVersion;
}
