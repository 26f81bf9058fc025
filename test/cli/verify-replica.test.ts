import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type VerifyCommandOptions, verify } from '../../bin/commands/verify';
import { FileStore } from '../../lib/services/store/file';
import { FakeClock } from '../fake-clock';
import { LogBuilder } from '../log-builder';

const HOUR = Date.parse('2026-01-02T03:00:00.000Z');
const MINUTE = 60_000;

let folder: string;
let clock: FakeClock;
let key: string;

/** A log that was sealed twice, and whose last segment is not there. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-replica-'));
  clock = new FakeClock(HOUR + MINUTE);
  const log = new LogBuilder(await FileStore.open(folder), clock);
  key = log.logKey.vkey;
  const shard = await log.shard(HOUR, 'first');
  await shard.append('{"n":1}');
  await log.seal();
  await clock.advance(MINUTE);
  await shard.append('{"n":2}');
  await log.seal();
  await rm(join(folder, shard.segmentKey(1)), { force: true });
});
afterAll(() => rm(folder, { recursive: true }));

/** The exit code, and what was printed, of a verification some minutes after the last seal. */
async function run(minutes: number, options: Partial<VerifyCommandOptions>): Promise<[number, string]> {
  const printed: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean(printed.push(String(text))));
  try {
    const now = new Date(clock.now() + minutes * MINUTE).toISOString();
    return [await verify(`file:${folder}`, { key, now, ...options }), printed.join('')];
  } finally {
    write.mockRestore();
  }
}

it.each([
  ['without --replica', 0, {}, 1],
  ['within the hour', 60, { replica: true }, 0],
  ['after the hour', 61, { replica: true }, 1],
  ['within --lag', 15, { replica: true, lag: '15m' }, 0],
  ['after --lag', 16, { replica: true, lag: '15m' }, 1],
  ['within --lag in hours', 120, { replica: true, lag: '2h' }, 0],
])('%s, %i minutes after the seal, exits with the right code', async (_, minutes, options, code) => {
  expect((await run(minutes, options))[0]).toBe(code);
});

it('says in words that there is lag, and how far the replica is complete', async () => {
  const [, text] = await run(1, { replica: true });
  expect(text).toContain('1 x lag.');
  expect(text).toContain('The replica is whole as far as it goes.');
  expect(text).toContain('complete until 2026-01-02T03:01:00.000Z');
});

it('says the same in JSON', async () => {
  const { counts, summary } = JSON.parse((await run(1, { replica: true, json: true }))[1]);
  expect([counts, summary.completeUntil]).toEqual([{ lag: 1 }, HOUR + MINUTE]);
});

it.each([
  ['without --replica', { lag: '15m' }],
  ['of nothing', { replica: true, lag: '' }],
  ['of zero', { replica: true, lag: '0m' }],
  ['without a unit', { replica: true, lag: '15' }],
  ['in days', { replica: true, lag: '1d' }],
])('refuses --lag %s', async (_, options) => {
  await expect(run(0, options)).rejects.toMatchObject({ code: 'setting-invalid' });
});
