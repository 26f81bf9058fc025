import type { Access, Routing } from '../policy';
import type { FirewallRule } from './firewall-rule';
import type { GoogleDeployment } from './google-deployment';
import type { RegionTarget } from './region-target';
import type { TlsVersion } from './tls-version';

/** What the writers' or the readers' way in is made from. */
export interface PathProps {
  /** Begins the names of its resources. */
  readonly name: string;
  readonly domain: string;
  readonly access: Access;
  readonly authorities: string[] | undefined;
  readonly routing: Routing;
  readonly targets: readonly RegionTarget[];
  readonly deployment: GoogleDeployment;
  readonly rules: FirewallRule[] | undefined;
  readonly minimumTls: TlsVersion | undefined;
}
