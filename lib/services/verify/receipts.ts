import {
  attempt,
  type LogName,
  Malformed,
  type NumberedReceipt,
  openReceipt,
  type ProvedReceipt,
  parseKeptReceipt,
  shardPath,
  type VerifierKey,
} from '../../record';
import type { Report } from './report';

/** Receipts that hold by themselves, by the path of their shard. */
export type ReceiptsByShard = Map<string, NumberedReceipt[]>;

/**
 * Reads a receipts file. A receipt that does not hold by itself, or is of another log, is reported; of the others only what must be compared is kept.
 *
 * @param admission the log's admission keys; without any, endorsements' signatures are not checked
 */
export async function readReceipts(
  lines: AsyncIterable<string>,
  log: LogName,
  admission: readonly VerifierKey[],
  report: Report,
): Promise<ReceiptsByShard> {
  const receipts: ReceiptsByShard = new Map();
  let line = 0;
  for await (const text of lines) {
    line++;
    const receipt = text === '' ? undefined : attempt(() => open(text, log, admission));
    if (receipt instanceof Malformed) {
      report.add({ code: 'damaged', object: `receipt line ${line}`, detail: receipt.reason });
    } else if (receipt !== undefined) {
      const { path, ...kept } = receipt;
      const ofShard = receipts.get(path) ?? [];
      ofShard.push({ ...kept, line });
      receipts.set(path, ofShard);
    }
  }
  return receipts;
}

function open(
  text: string,
  log: LogName,
  admission: readonly VerifierKey[],
): Omit<NumberedReceipt, 'line'> & { readonly path: string } {
  const { receipt, leaves } = parseKeptReceipt(text);
  const proved = openByAny(admission, (key) => openReceipt(receipt, leaves, key));
  if (proved.log.origin !== log.origin) {
    throw new Malformed('a receipt of another log');
  }
  const { hour, shard, first, size, root }: ProvedReceipt = proved;
  const received = Date.parse(receipt.received);
  return { path: shardPath(hour, shard), first, count: leaves.length, size, root, received };
}

/** Tries one key after the other; what the last one says counts. */
export function openByAny<T>(keys: readonly VerifierKey[], read: (key: VerifierKey | undefined) => T): T {
  for (const key of keys.slice(0, -1)) {
    const result = attempt(() => read(key));
    if (!(result instanceof Malformed)) {
      return result;
    }
  }
  return read(keys.at(-1));
}
