import { decodeBase64 } from './base64';
import { HASH_SIZE } from './hash';
import { Malformed } from './malformed';
import { LogName, parseShardPath } from './names';
import { parseVkey } from './note';

/** The format that this code writes and reads. */
export const FORMAT = 1;

/** Milliseconds after its hour at which a shard closes, and after which what the root does not have counts as unsealed. */
export const SEAL_DELAY_MS = 900_000;

/** Most shards in one root entry. */
export const MAX_SHARDS_PER_ENTRY = 256;

/** The lock that the log promises, as the root states it. */
export interface RetentionStatement {
  readonly mode: 'compliance' | 'governance';
  readonly days: number;
}

/** One shard's state, as the root seals it. */
export interface SealedShard {
  /** `date=…/hour=…/<shard>` */
  readonly path: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** Nothing behind `size` will ever be sealed. */
  readonly closed: boolean;
}

/** One line of the root log. Times are `toISOString` texts. */
export type RootEntry =
  | {
      readonly kind: 'genesis';
      readonly time: string;
      readonly format: typeof FORMAT;
      readonly origin: string;
      readonly admission: string;
      readonly sealDelaySeconds: number;
      readonly retention: RetentionStatement;
    }
  | { readonly kind: 'shards'; readonly time: string; readonly shards: readonly SealedShard[] }
  | {
      readonly kind: 'config';
      readonly time: string;
      readonly admission: string;
      readonly sealDelaySeconds: number;
      readonly retention: RetentionStatement;
    }
  | {
      readonly kind: 'acknowledged';
      readonly time: string;
      readonly key: string;
      readonly version: string;
      readonly sha256: string;
      readonly reason: string;
    };

/** The entry's line, without its `\n`. Fields come in the order in which the types above name them. */
export function formatRootEntry(entry: RootEntry): string {
  return JSON.stringify(inOrder(entry));
}

function inOrder(entry: RootEntry): RootEntry {
  const { kind, time } = entry;
  switch (entry.kind) {
    case 'genesis': {
      const { format, origin, admission, sealDelaySeconds, retention } = entry;
      return { kind: 'genesis', time, format, origin, admission, sealDelaySeconds, retention: lock(retention) };
    }
    case 'config': {
      const { admission, sealDelaySeconds, retention } = entry;
      return { kind: 'config', time, admission, sealDelaySeconds, retention: lock(retention) };
    }
    case 'shards':
      return {
        kind: 'shards',
        time,
        shards: entry.shards.map(({ path, size, root, closed }) => ({ path, size, root, closed })),
      };
    case 'acknowledged': {
      const { key, version, sha256, reason } = entry;
      return { kind: 'acknowledged', time, key, version, sha256, reason };
    }
    default:
      throw new Malformed(`a root entry of unknown kind ${String(kind)}`);
  }
}

function lock({ mode, days }: RetentionStatement): RetentionStatement {
  return { mode, days };
}

/**
 * Reads a line of the root log. Only lines that `formatRootEntry` writes are accepted.
 *
 * @throws Malformed
 */
export function parseRootEntry(line: string): RootEntry {
  let entry: RootEntry;
  try {
    entry = JSON.parse(line);
    if (formatRootEntry(entry) !== line || !isWellTyped(entry)) {
      throw new Malformed('a root entry with fields that do not belong');
    }
  } catch {
    throw new Malformed('a line that is not a root entry');
  }
  return entry;
}

function isWellTyped(entry: RootEntry): boolean {
  if (new Date(entry.time).toISOString() !== entry.time) {
    return false;
  }
  switch (entry.kind) {
    case 'genesis':
      return entry.format === FORMAT && LogName.parse(entry.origin) !== undefined && isConfig(entry);
    case 'config':
      return isConfig(entry);
    case 'shards':
      return (
        entry.shards.length > 0 &&
        entry.shards.length <= MAX_SHARDS_PER_ENTRY &&
        entry.shards.every(
          ({ path, size, root, closed }) =>
            parseShardPath(path) !== undefined &&
            Number.isSafeInteger(size) &&
            size > 0 &&
            decodeBase64(root, HASH_SIZE) !== undefined &&
            typeof closed === 'boolean',
        )
      );
    case 'acknowledged':
      return (
        [entry.key, entry.version, entry.reason].every((field) => typeof field === 'string') &&
        /^[0-9a-f]{64}$/.test(entry.sha256)
      );
  }
}

function isConfig(entry: { admission: string; sealDelaySeconds: number; retention: RetentionStatement }): boolean {
  return (
    parseVkey(entry.admission).vkey === entry.admission &&
    Number.isSafeInteger(entry.sealDelaySeconds) &&
    entry.sealDelaySeconds > 0 &&
    ['compliance', 'governance'].includes(entry.retention.mode) &&
    Number.isSafeInteger(entry.retention.days) &&
    entry.retention.days >= 0
  );
}
