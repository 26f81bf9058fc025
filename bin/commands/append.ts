import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { AuditLogError } from '../../lib/policy/errors';
import { type AppendAnswer, encodeBody, type KeptReceipt, openReceipt, splitLines } from '../../lib/record';
import { type ConnectionOptions, connect } from './connection';
import type { HttpsClient } from './https-client';
import { type Line, linesOf } from './lines';
import { Progress } from './progress';

const BATCH_LINES = 500;
const BATCH_BYTES = 1024 * 1024;
/** The most that ingest takes in one request. */
const MAX_LINE_BYTES = 4 * 1024 * 1024 - 1;
const NEW_LINE = Buffer.from('\n');
const WHITE_SPACE = new Set(Buffer.from(' \t\r'));

/** Options of `append`. */
export interface AppendOptions extends ConnectionOptions {
  readonly receipts?: string;
}

/**
 * Sends newline-delimited JSON to a log, checks every receipt, and keeps the receipts if asked to.
 *
 * @param file a path, or `-` for standard input
 * @returns the exit code: 0 when everything was accepted, 1 when an event was too large to keep
 */
export async function append(file: string, options: AppendOptions): Promise<number> {
  const client = connect(options);
  const progress = new Progress();
  const receipts = options.receipts === undefined ? undefined : await open(options.receipts, 'a', 0o600);
  let accepted = 0;
  let rejected = 0;
  try {
    for await (const batch of batchesOf(file === '-' ? process.stdin : createReadStream(file))) {
      const { answer, leaves } = await send(client, batch, progress);
      const kept: KeptReceipt = { receipt: answer.receipt, leaves: leaves.map((leaf) => leaf.toString('base64')) };
      await receipts?.appendFile(`${JSON.stringify(kept)}\n`);
      accepted += answer.accepted;
      rejected += answer.rejected.length;
      for (const { i, size } of answer.rejected) {
        progress.end(`line ${batch.numbers[i]} (${size} bytes) is too large: the log keeps only its size and hash`);
      }
      progress.show(`${accepted} events accepted`);
    }
    await receipts?.sync();
  } finally {
    progress.end(`${accepted} events accepted and their receipts checked, ${rejected} too large`);
    await receipts?.close();
    client.close();
  }
  return rejected === 0 ? 0 : 1;
}

/** Lines that go in one request. */
interface Batch {
  /** Number of each line in the input. */
  readonly numbers: readonly number[];
  readonly body: Buffer;
}

async function* batchesOf(input: AsyncIterable<Buffer>): AsyncGenerator<Batch> {
  let lines: Line[] = [];
  let size = 0;
  for await (const line of linesOf(input, MAX_LINE_BYTES)) {
    if (lines.length >= BATCH_LINES || (lines.length > 0 && size + line.bytes.length > BATCH_BYTES)) {
      yield batchOf(lines);
      lines = [];
      size = 0;
    }
    if (line.bytes.some((byte) => !WHITE_SPACE.has(byte))) {
      lines.push(line);
      size += line.bytes.length + 1;
    }
  }
  if (lines.length > 0) {
    yield batchOf(lines);
  }
}

function batchOf(lines: readonly Line[]): Batch {
  const body = Buffer.concat(lines.flatMap(({ bytes }) => [bytes, NEW_LINE]));
  return { numbers: lines.map(({ number }) => number), body };
}

async function send(
  client: HttpsClient,
  { body }: Batch,
  progress: Progress,
): Promise<{ answer: AppendAnswer; leaves: readonly Buffer[] }> {
  const idempotencyKey = randomUUID();
  const { status, body: text } = await client.ask(
    {
      method: 'POST',
      path: '/v1/events',
      headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': idempotencyKey },
      body,
    },
    (reason) => progress.show(`repeating: ${reason}`),
  );
  if (status !== 200) {
    throw new AuditLogError('append-refused', {
      problem: `the log refused a batch with status ${status}`,
      given: text.toString('utf8', 0, 300),
      fix: 'correct what it names and send again what was not accepted',
    });
  }
  const answer: AppendAnswer = JSON.parse(text.toString());
  const { received, writer } = answer.receipt;
  const { leaves } = encodeBody(splitLines(body.toString()), {
    received: Date.parse(received),
    writer,
    idempotencyKey,
  });
  openReceipt(answer.receipt, leaves);
  return { answer, leaves };
}
