import { AuditLogError } from '../policy/errors';
import type { BackendGroup } from './backend-group';

/** A region whose instances answer with errors is left alone for this long, so that another region of the path can answer. */
const EJECTION_SECONDS = 30;

/** What global and regional backends have in common. */
export function backendSettings(groups: readonly BackendGroup[]) {
  const isServerless = groups.every(({ _isServerless }) => _isServerless);
  const healthChecks = [...new Set(groups.map(({ healthCheckId }) => healthCheckId))];
  checkGroups(groups, isServerless, healthChecks.length);
  return {
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    protocol: 'HTTPS',
    backend: groups.map((group) => group._render()),
    logConfig: { enable: true, sampleRate: 1, optionalMode: 'INCLUDE_ALL_OPTIONAL' },
    ...(isServerless
      ? {
          // Serverless groups have no health check, so this is all that notices a region in trouble.
          outlierDetection: {
            consecutiveErrors: 5,
            interval: { seconds: 10 },
            baseEjectionTime: { seconds: EJECTION_SECONDS },
            maxEjectionPercent: 50,
          },
        }
      : { healthChecks: healthChecks.filter((check) => check !== undefined), portName: 'https' }),
  };
}

/** A backend takes groups of one kind, and at most one health check. */
function checkGroups(groups: readonly BackendGroup[], isServerless: boolean, healthChecks: number): void {
  const isMixed = !isServerless && groups.some(({ _isServerless }) => _isServerless);
  if (groups.length > 0 && !isMixed && healthChecks === 1) return;
  throw new AuditLogError('backend-groups-mixed', {
    problem: 'one backend cannot have these groups together',
    given: groups.length,
    allowed: 'one group or more, all serverless, or all others with one health check',
    fix: 'use the same kind of target in every region',
  });
}
