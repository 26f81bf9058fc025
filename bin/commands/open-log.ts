import { resolve } from 'node:path';
import { AuditLogError } from '../../lib/policy/errors';
import { LogName } from '../../lib/record';
import type { ObjectReader } from '../../lib/services/ports';
import { openReader } from '../../lib/services/store/open';

/** A log in its store. */
export interface OpenLog {
  readonly store: ObjectReader;
  readonly log: LogName;
}

/**
 * Finds the log that a URL means: the folder of a log (`…/<name>/<region>`), or one above it that holds exactly one.
 *
 * @param origin `<name>/<region>` of the log, where it is known
 * @throws log-ambiguous
 */
export async function openLog(url: string, origin?: string): Promise<OpenLog> {
  const [, address = url, parameters = ''] = /^((?:s3|gs):[^?]*)(\?.*)$/.exec(url) ?? [];
  const trimmed = absolute(address).replace(/(?<=[^/])\/+$/, '');
  const [, above, name, region] = /^(.*[^/])\/([^/]+)\/([^/]+)$/.exec(trimmed) ?? [];
  const named = LogName.parse(`${name}/${region}`);
  if (above !== undefined && named !== undefined && (origin ?? named.origin) === named.origin) {
    const store = await openReader(`${above}${parameters}`);
    for await (const folder of store.listFolders(named.prefix)) {
      if (/\/(entries|root|shards)\/$/.test(folder)) {
        return { store, log: named };
      }
    }
  }
  const store = await openReader(`${trimmed}${parameters}`);
  const logs = origin === undefined ? await logsOf(store) : [LogName.parse(origin)];
  const [log] = logs;
  if (log === undefined || logs.length > 1) {
    throw new AuditLogError('log-ambiguous', {
      problem: `there is not exactly one log at ${url}`,
      given: logs.map((each) => each?.origin).slice(0, 10),
      allowed: 'a folder or prefix …/<name>/<region>, or one above it that holds one log',
      fix: 'name the log',
    });
  }
  return { store, log };
}

/** Stores have absolute URLs; on the command line `file:` may be followed by a path from here. */
function absolute(url: string): string {
  const path = /^file:(?:\/\/)?(.*)$/.exec(url)?.[1];
  return path === undefined ? url : `file:${resolve(path)}`;
}

async function logsOf(store: ObjectReader): Promise<LogName[]> {
  const logs: LogName[] = [];
  for await (const name of store.listFolders('')) {
    for await (const folder of store.listFolders(name)) {
      const log = LogName.parse(folder.replace(/\/$/, ''));
      if (log !== undefined) {
        logs.push(log);
      }
    }
  }
  return logs;
}
