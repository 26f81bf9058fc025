import { decodeBase64 } from './base64';
import { parseCheckpoint } from './checkpoint';
import { openEndorsement, parseEndorsementOf } from './endorsement';
import type { Refusal } from './entry';
import { HASH_SIZE } from './hash';
import { Malformed } from './malformed';
import { hourOf, LogName } from './names';
import { openSoleNote, type VerifierKey } from './note';
import { type RangeProof, rootFromRange } from './proof';

/** Enough for a client to check that its entries stand in a shard, and to show later that something was withheld. */
export interface Receipt {
  /** Of the shard. */
  readonly origin: string;
  /** Index of the request's first entry in the shard. */
  readonly first: number;
  /** Entries of the request, refused ones included. */
  readonly count: number;
  /** What each entry says, in text. */
  readonly received: string;
  readonly writer: string;
  /** The shard's signed checkpoint note. */
  readonly checkpoint: string;
  /** The shard's endorsement note. */
  readonly endorsement: string;
  /** Base64 hashes. */
  readonly proof: { readonly left: readonly string[]; readonly right: readonly string[] };
}

/** What ingest answers to a request that was stored. */
export interface AppendAnswer {
  readonly accepted: number;
  readonly rejected: readonly ({ readonly i: number } & Refusal)[];
  readonly receipt: Receipt;
}

/** One line of a receipts file. */
export interface KeptReceipt {
  readonly receipt: Receipt;
  /** Base64 leaf hashes of the request's entries. */
  readonly leaves: readonly string[];
}

/** What a checked receipt proves: this shard had these leaves at this place, in a tree of this size and root. */
export interface ProvedReceipt {
  readonly log: LogName;
  readonly hour: number;
  readonly shard: string;
  readonly first: number;
  readonly leaves: readonly Buffer[];
  readonly size: number;
  readonly root: Buffer;
}

/** The range proof as a receipt carries it. */
export function formatRangeProof({ left, right }: RangeProof): Receipt['proof'] {
  const encode = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('base64'));
  return { left: encode(left), right: encode(right) };
}

/**
 * Checks a receipt against the leaves that it must cover: the shard's signature, its endorsement, and the proof.
 *
 * @param admission the admission key, where it is known; without it the endorsement's signature is not checked
 * @throws Malformed
 */
export function openReceipt(receipt: Receipt, leaves: readonly Uint8Array[], admission?: VerifierKey): ProvedReceipt {
  requireShape(receipt);
  const [, origin, shard] = /^(.+)\/([0-9a-f]{32})$/.exec(receipt.origin) ?? [];
  const log = origin === undefined ? undefined : LogName.parse(origin);
  const received = Date.parse(receipt.received);
  if (log === undefined || shard === undefined || !isTime(receipt.received)) {
    throw new Malformed('a receipt of no shard or no time');
  }
  const hour = hourOf(received);
  const endorsement = admission
    ? openEndorsement(receipt.endorsement, admission, log, hour, shard)
    : parseEndorsementOf(receipt.endorsement, log, hour, shard);
  if (received < endorsement.notBefore) {
    throw new Malformed('a receipt from before its shard was endorsed');
  }
  const checkpoint = parseCheckpoint(openSoleNote(receipt.checkpoint, endorsement.shard));
  const isCovered = leaves.length === receipt.count && leaves.every((leaf) => leaf.length === HASH_SIZE);
  if (checkpoint.origin !== receipt.origin || !isCovered || leaves.length === 0) {
    throw new Malformed('a receipt for another shard, or for another number of entries');
  }
  const proof = {
    left: receipt.proof.left.map((hash) => decodeBase64(hash, HASH_SIZE)),
    right: receipt.proof.right.map((hash) => decodeBase64(hash, HASH_SIZE)),
  };
  const hashes = leaves.map((leaf) => Buffer.from(leaf));
  if (!rootFromRange(hashes, receipt.first, checkpoint.size, proof).equals(checkpoint.root)) {
    throw new Malformed('a receipt whose proof does not lead to its checkpoint');
  }
  const { size, root } = checkpoint;
  return { log, hour, shard, first: receipt.first, leaves: hashes, size, root };
}

function isTime(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}

function requireShape(receipt: Receipt): void {
  const { origin, first, count, received, writer, checkpoint, endorsement, proof } = Object(
    receipt,
  ) as Partial<Receipt>;
  const texts = [origin, received, writer, checkpoint, endorsement];
  const hashes = [proof?.left, proof?.right];
  if (
    texts.some((text) => typeof text !== 'string') ||
    ![first, count].every((n) => Number.isSafeInteger(n) && Number(n) >= 0) ||
    hashes.some((list) => !Array.isArray(list) || list.some((hash) => typeof hash !== 'string'))
  ) {
    throw new Malformed('a receipt that lacks a field or has one of another type');
  }
}

/**
 * Reads one line of a receipts file. Nothing of the receipt has been checked yet.
 *
 * @throws Malformed
 */
export function parseKeptReceipt(line: string): { readonly receipt: Receipt; readonly leaves: readonly Buffer[] } {
  let kept: Partial<KeptReceipt>;
  try {
    kept = Object(JSON.parse(line));
  } catch {
    throw new Malformed('a receipts line that is not JSON');
  }
  if (kept.receipt === undefined || !Array.isArray(kept.leaves)) {
    throw new Malformed('a receipts line without receipt and leaves');
  }
  requireShape(kept.receipt);
  return { receipt: kept.receipt, leaves: kept.leaves.map((leaf) => decodeBase64(leaf, HASH_SIZE)) };
}
