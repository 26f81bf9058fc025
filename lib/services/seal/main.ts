import { LogName } from '../../record';
import { SystemClock } from '../clock';
import type { Environment } from '../environment';
import { logToStderr } from '../log';
import type { Clock, Log } from '../ports';
import { runProcess, untilAskedToEnd } from '../run-process';
import { openSigner } from '../signer/open';
import { vkeyOf } from '../signer/vkey';
import { openStore } from '../store/open';
import { fromEnv, type SealSettings } from './config';
import { Sealer } from './sealer';

/** Opens the store and the log key that the settings name. */
export async function openSealer(settings: SealSettings, clock: Clock, report: Log): Promise<Sealer> {
  const log = LogName.parse(settings.origin) as LogName;
  const onDoubt = (key: string, cause: unknown): void =>
    report('warn', 'put-in-doubt', { key, message: messageOf(cause) });
  return new Sealer({
    store: await openStore(settings.store, { onDoubt }),
    log,
    signer: await openSigner(settings.logKey, log.origin),
    admission: await vkeyOf(settings.admission, log.admission),
    retention: settings.retention,
    clock,
  });
}

/**
 * Does one round and reports what came of it.
 *
 * @throws what the round throws, after it was reported
 */
export async function sealRound(sealer: Sealer, report: Log): Promise<void> {
  try {
    const { size, added, alarms } = await sealer.sealOnce();
    for (const { path, reason } of alarms) {
      report('alarm', 'shard-not-sealed', { path, reason });
    }
    if (added > 0) {
      report('info', 'sealed', { size, added });
    }
  } catch (error) {
    const isBroken = (error as { code?: unknown }).code === 'root-log-broken';
    report(isBroken ? 'alarm' : 'error', 'round-failed', { message: messageOf(error) });
    throw error;
  }
}

/** Seals round after round until the signal aborts; a round in progress is finished. A round that fails is reported, and the next one tries again. */
export async function sealUntil(
  sealer: Sealer,
  intervalMs: number,
  clock: Clock,
  report: Log,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    await sealRound(sealer, report).catch(() => {});
    await clock.sleep(intervalMs, stop);
  }
}

/** Runs a sealer until SIGTERM or SIGINT, with the settings of the environment. Resolves when its last round has ended. */
export async function main(env: Environment): Promise<void> {
  const settings = fromEnv(env);
  const clock = new SystemClock();
  const sealer = await openSealer(settings, clock, logToStderr);
  const stop = new AbortController();
  void untilAskedToEnd().then(() => stop.abort());
  // The clock's sleep does not keep the process alive.
  const alive = setInterval(() => {}, 60_000);
  await sealUntil(sealer, settings.intervalMs, clock, logToStderr, stop.signal);
  clearInterval(alive);
  logToStderr('info', 'stopped');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (require.main === module) {
  runProcess(main);
}
