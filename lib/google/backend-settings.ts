import { AuditLogError } from '../policy/errors';
import type { BackendGroup } from './backend-group';

/** A region that answers with so many errors one after the other is left alone for a while, so that another region of the path can answer. */
const ERRORS = 5;
const EJECTION_SECONDS = 30;

/** More than a service needs for its longest answer: a search ends after 30 s and is read within 30 s more. Serverless groups have limits of their own. */
const TIMEOUT_SECONDS = 70;

/** What global and regional backends have in common. */
function commonSettings(groups: readonly BackendGroup[]) {
  const [first] = groups;
  const isServerless = groups.every(({ _isServerless }) => _isServerless);
  checkGroups(groups, isServerless);
  return {
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    protocol: first?._protocol,
    backend: groups.flatMap((group) => group._render()),
    logConfig: { enable: true, sampleRate: 1, optionalMode: 'INCLUDE_ALL_OPTIONAL' },
    ...(first?.healthCheckId !== undefined && {
      healthChecks: [first.healthCheckId],
      portName: first._portName,
      timeoutSec: TIMEOUT_SECONDS,
    }),
    isServerless,
  };
}

/** The settings of a backend that may have a group in every region. */
export function globalBackendSettings(groups: readonly BackendGroup[]) {
  const { isServerless, ...settings } = commonSettings(groups);
  if (!isServerless || groups.length === 1) return settings;
  return {
    ...settings,
    // Serverless groups have no health check, so this is all that notices a region in trouble. Both kinds of errors are said to count: Google has other
    // defaults, and the provider none (https://cloud.google.com/compute/docs/reference/rest/v1/backendServices).
    outlierDetection: {
      consecutiveErrors: ERRORS,
      enforcingConsecutiveErrors: 100,
      consecutiveGatewayFailure: ERRORS,
      enforcingConsecutiveGatewayFailure: 100,
      interval: { seconds: 10 },
      baseEjectionTime: { seconds: EJECTION_SECONDS },
      maxEjectionPercent: 50,
    },
  };
}

/**
 * The settings of a backend in one region. There is no other region to turn to, and outlier detection of serverless groups is not supported
 * (https://cloud.google.com/compute/docs/reference/rest/v1/regionBackendServices). The provider refuses groups without a capacity, serverless ones
 * too.
 */
export function regionalBackendSettings(group: BackendGroup) {
  const { isServerless, backend, ...settings } = commonSettings([group]);
  return { ...settings, backend: backend.map((each) => ({ capacityScaler: 1, ...each })) };
}

/** A backend takes groups of one kind that speak one protocol, and at most one health check. */
function checkGroups(groups: readonly BackendGroup[], isServerless: boolean): void {
  const isMixed = !isServerless && groups.some(({ _isServerless }) => _isServerless);
  const healthChecks = new Set(groups.map(({ healthCheckId }) => healthCheckId));
  const protocols = new Set(groups.map(({ _protocol }) => _protocol));
  if (!isMixed && healthChecks.size === 1 && protocols.size === 1) return;
  throw new AuditLogError('backend-groups-mixed', {
    problem: 'one backend cannot have these groups together',
    given: groups.length,
    allowed: 'one group or more, all serverless, or all others with one health check and one protocol',
    fix: 'use the same kind of target in every region',
  });
}
