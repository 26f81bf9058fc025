import type { AuditLogPolicy, Region, Routing } from '../policy';
import { LogPath } from './log-path';

/** How the clients of a path are led to a region. */
export function routingOf(path: LogPath, { traffic }: AuditLogPolicy): Routing {
  return path === LogPath.INGEST ? traffic.writes : traffic.reads;
}

/** The regions of which a path's health matters: those whose clients could be led to another region instead. */
export function watchedRegions(path: LogPath, policy: AuditLogPolicy): Region[] {
  const { residency } = routingOf(path, policy);
  return policy.regions.filter(({ jurisdiction }) => {
    const instead = policy.regions.filter((other) => residency === undefined || other.jurisdiction === jurisdiction);
    return instead.length > 1;
  });
}

/** Whether there is any choice between regions, so that somebody has to know which of them work. */
export function isWatched(policy: AuditLogPolicy): boolean {
  return [LogPath.INGEST, LogPath.QUERY].some((path) => watchedRegions(path, policy).length > 0);
}
