import { MANAGED_RULES } from './managed-rules';

const ALL = Object.values(MANAGED_RULES).flatMap(({ rules }) => rules);

/** A load balancer shows the firewall 8 KB of a body, and events may quote attacks: what they say of bodies is no reason to refuse one. */
const BODIES = ALL.filter((rule) => rule.endsWith('_BODY'));

/** Who investigates an attack searches for its traces. Parameters are checked by the service and bound by its engine. */
const SEARCHES = ALL.filter(
  (rule) => /_(QUERYARGUMENTS|QUERYSTRING)$/.test(rule) && rule !== 'SizeRestrictions_QUERYSTRING',
);

/** Producers of events run in data centres. */
const MACHINES = ['HostingProviderIPList'];

/** The managed rules that are counted and not enforced, for each use. */
export const COUNTED = {
  ingest: [...BODIES, ...MACHINES],
  query: SEARCHES,
  shared: [...BODIES, ...MACHINES, ...SEARCHES],
} as const;
