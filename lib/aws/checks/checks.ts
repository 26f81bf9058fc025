import type { ArchiveSubject } from './archive-subject';
import { BUCKET_CHECKS } from './bucket-checks';
import type { Check } from './check';
import { EDGE_CHECKS } from './edge-checks';
import type { EdgeSubject } from './edge-subject';
import { EXPOSURE_CHECKS, INGRESS_CHECKS } from './exposure-checks';
import { FIREWALL_CHECKS } from './firewall-checks';
import { KEEPING_CHECKS } from './keeping-checks';
import { KEY_CHECKS } from './key-checks';
import { REPLICATION_CHECKS } from './replication-checks';
import { ROLE_CHECKS } from './role-checks';
import { ROUTING_CHECKS } from './routing-checks';
import type { RoutingSubject } from './routing-subject';
import type { StoreSubject } from './store-subject';

/** All that must hold for whatever keeps a log, the originals or replicas. */
export const CHECKS_OF_STORES: readonly Check<StoreSubject>[] = [...BUCKET_CHECKS, ...KEEPING_CHECKS];

/** All that must hold for an archive besides, and for what runs as its roles. */
export const CHECKS_OF_ARCHIVES: readonly Check<ArchiveSubject>[] = [
  ...KEY_CHECKS,
  ...ROLE_CHECKS,
  ...REPLICATION_CHECKS,
  ...EXPOSURE_CHECKS,
];

/** All that must hold for an external load balancer and its firewall. */
export const CHECKS_OF_EDGES: readonly Check<EdgeSubject>[] = [...EDGE_CHECKS, ...INGRESS_CHECKS, ...FIREWALL_CHECKS];

/** All that must hold for the names that lead clients to regions. */
export const CHECKS_OF_NAMES: readonly Check<RoutingSubject>[] = ROUTING_CHECKS;
