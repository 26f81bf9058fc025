import { AuditLogError } from '../../policy/errors';
import {
  formatTlogProof,
  hashLines,
  hourOf,
  inclusionProof,
  type LogName,
  leafHash,
  parseCheckpoint,
  parseEntry,
  parseNote,
  parseRootEntry,
  parseSegment,
  parseTail,
  rootFromInclusion,
  type SealedShard,
  Subtrees,
  shardPath,
  TAIL_SIZE,
} from '../../record';
import type { ObjectReader } from '../ports';

/** Two proofs that stock tools verify, and the leaves that they are about. */
export interface EntryProof {
  /** `.tlog-proof` of the entry in its shard, at the size that the root sealed. */
  readonly entryProof: string;
  /** `.tlog-proof` of the root entry that sealed the shard, in the root log. */
  readonly rootProof: string;
  /** The root log's line that sealed the shard, without its `\n`. */
  readonly rootEntry: string;
  readonly origin: string;
  readonly index: number;
}

/**
 * Proves that a stored line stands in the log and that the root log sealed it. It sees that its proofs lead to the checkpoints in the store, and no
 * signature: check the files by the keys that you trust, with a tool that you trust.
 *
 * @param line as the query service gives it, without its `\n`
 * @throws entry-missing, entry-unsealed, proof-broken
 */
export async function prove(store: ObjectReader, log: LogName, line: string): Promise<EntryProof> {
  const hour = hourOf(parseEntry(line).received);
  const { shard, leaves, index } = await findLeaf(store, log, hour, leafHash(Buffer.from(line)));
  const root = await readRoot(store, log);
  const sealing = findSealing(root.lines, shardPath(hour, shard), index);
  const rootLeaves = root.lines.map((each) => leafHash(Buffer.from(each)));
  return {
    entryProof: proofOf(leaves, index, await checkpointAt(store, log, hour, shard, sealing.sealed.size)),
    rootProof: proofOf(rootLeaves, sealing.index, root.checkpoint),
    rootEntry: root.lines[sealing.index] as string,
    origin: log.shardOrigin(shard),
    index,
  };
}

/** A leaf's way to a signed checkpoint, once it was seen to lead there. */
function proofOf(leaves: readonly Buffer[], index: number, note: string): string {
  const { origin, size, root } = parseCheckpoint(parseNote(note).text);
  const path = size > leaves.length ? undefined : inclusionProof(new Subtrees(0, leaves), index, size);
  if (path === undefined || !root.equals(rootFromInclusion(leaves[index] as Buffer, index, size, path))) {
    throw new AuditLogError('proof-broken', {
      problem: 'what the store holds does not lead to its signed checkpoint',
      given: { origin, size },
      fix: 'run `audit-log verify`: it says which object was changed or is missing',
    });
  }
  return formatTlogProof(index, path, note);
}

async function findLeaf(
  store: ObjectReader,
  log: LogName,
  hour: number,
  leaf: Buffer,
): Promise<{ shard: string; leaves: Buffer[]; index: number }> {
  for await (const folder of store.listFolders(`${log.prefix}entries/${shardPath(hour, '')}`)) {
    const leaves: Buffer[] = [];
    for await (const { key } of store.list(folder)) {
      const bytes = await store.get(key);
      leaves.push(...(bytes === undefined ? [] : hashLines(parseSegment(bytes).lines)));
    }
    const index = leaves.findIndex((each) => each.equals(leaf));
    if (index >= 0) {
      return { shard: folder.split('/').at(-2) as string, leaves, index };
    }
  }
  throw new AuditLogError('entry-missing', {
    problem: 'no shard of its hour has this line',
    fix: 'give the line exactly as `audit-log query` prints it; if it is, run `audit-log verify`',
  });
}

async function readRoot(
  store: ObjectReader,
  log: LogName,
): Promise<{ lines: string[]; size: number; checkpoint: string }> {
  let newest: string | undefined;
  for await (const { key } of store.list(`${log.prefix}root/checkpoints/`)) {
    newest = key;
  }
  const parsed = newest === undefined ? undefined : log.parseKey(newest);
  const checkpoint = newest === undefined ? undefined : await store.get(newest);
  if (parsed?.kind !== 'root-checkpoint' || checkpoint === undefined) {
    throw unsealed();
  }
  const lines: string[] = [];
  for await (const { key } of store.list(`${log.prefix}root/`)) {
    if (log.parseKey(key)?.kind === 'root-entries') {
      lines.push(
        ...String((await store.get(key)) ?? '')
          .split('\n')
          .slice(0, -1),
      );
    }
  }
  return { lines: lines.slice(0, parsed.size), size: parsed.size, checkpoint: checkpoint.toString() };
}

/** The first root entry that sealed the entry: the earliest proof of its time. */
function findSealing(lines: readonly string[], path: string, entry: number): { index: number; sealed: SealedShard } {
  for (const [index, line] of lines.entries()) {
    const parsed = parseRootEntry(line);
    const sealed = parsed.kind === 'shards' ? parsed.shards.find((each) => each.path === path) : undefined;
    if (sealed !== undefined && sealed.size > entry) {
      return { index, sealed };
    }
  }
  throw unsealed();
}

async function checkpointAt(
  store: ObjectReader,
  log: LogName,
  hour: number,
  shard: string,
  size: number,
): Promise<string> {
  for await (const { key } of store.list(`${log.prefix}entries/${shardPath(hour, shard)}/`)) {
    const tail = await store.getTail(key, TAIL_SIZE);
    const checkpoint = tail === undefined ? '' : parseTail(tail).checkpoint;
    if (checkpoint.split('\n')[1] === String(size)) {
      return checkpoint;
    }
  }
  throw new AuditLogError('entry-missing', {
    problem: 'the shard has no checkpoint of the size that was sealed',
    given: size,
    fix: 'run `audit-log verify`: a segment is missing',
  });
}

function unsealed(): AuditLogError {
  return new AuditLogError('entry-unsealed', {
    problem: 'no checkpoint of the root log covers this line yet',
    fix: 'prove it again after the next sealing (the local log seals every few seconds)',
  });
}
