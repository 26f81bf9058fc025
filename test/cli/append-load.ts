import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { HttpsClient } from '../../bin/commands/https-client';
import { type AppendAnswer, encodeBody, openReceipt, splitLines } from '../../lib/record';
import type { RunningLog } from './running-log';

/** What a load has sent and got confirmed. */
export interface Sent {
  /** Every event that was acknowledged, by its `n`. */
  readonly acknowledged: Set<number>;
  /** How often a request had to be repeated, by the reason. */
  readonly retries: Map<string, number>;
}

/**
 * Sends numbered events from several clients at once until told to stop, each client repeating what fails. Every receipt is checked and kept in
 * `load.ndjson` in the log's folder.
 *
 * @param stopped says whether to stop; what is under way is finished
 */
export async function appendUnderLoad(log: RunningLog, clients: number, stopped: () => boolean): Promise<Sent> {
  const sent: Sent = { acknowledged: new Set(), retries: new Map() };
  let next = 0;
  const client = async (number: number): Promise<void> => {
    const https = new HttpsClient(log.url, { ca: join(log.folder, '.audit-log', 'tls', 'ca.pem') });
    while (!stopped()) {
      const count = number % 2 === 0 ? 1 : 50;
      const numbers = Array.from({ length: count }, () => next++);
      await append(log, https, numbers, sent);
    }
    https.close();
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return sent;
}

async function append(log: RunningLog, https: HttpsClient, numbers: number[], sent: Sent): Promise<void> {
  const body = Buffer.from(numbers.map((n) => `{"action":"load","n":${n}}\n`).join(''));
  const idempotencyKey = randomUUID();
  const headers = { 'content-type': 'application/x-ndjson', 'idempotency-key': idempotencyKey };
  const answer = await https.ask({ method: 'POST', path: '/v1/events', headers, body }, (reason) => {
    sent.retries.set(reason, (sent.retries.get(reason) ?? 0) + 1);
  });
  if (answer.status !== 200) throw new Error(`status ${answer.status}: ${answer.body}`);
  const { receipt }: AppendAnswer = JSON.parse(answer.body.toString());
  const envelope = { received: Date.parse(receipt.received), writer: receipt.writer, idempotencyKey };
  const { leaves } = encodeBody(splitLines(body.toString()), envelope);
  openReceipt(receipt, leaves);
  const kept = { receipt, leaves: leaves.map((leaf) => leaf.toString('base64')) };
  appendFileSync(join(log.folder, 'load.ndjson'), `${JSON.stringify(kept)}\n`);
  for (const n of numbers) sent.acknowledged.add(n);
}

/** The numbers of all events of the load that the log finds, in the order found. */
export async function foundNumbers(log: RunningLog): Promise<number[]> {
  const { stdout } = await log.run(['query', '--action', 'load', '--events']);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).n);
}
