import { LogName } from '../../record';
import { SystemClock } from '../clock';
import { makeParquet } from '../engine/parquet';
import { SealedHours } from '../engine/sealed-hours';
import type { Environment } from '../environment';
import { logToStderr } from '../log';
import type { Log } from '../ports';
import { runProcess } from '../run-process';
import { openReader, openStore } from '../store/open';
import { ClosedHours } from './closed-hours';
import { fromEnv, type ViewSettings } from './config';
import { RollUp } from './roll-up';

const MEMORY_BYTES = 512 * 1024 ** 2;

/**
 * Rolls up all hours that are over: one run of a scheduled task.
 *
 * @returns how many
 * @throws setting-invalid, and what opening the stores throws
 */
export async function rollUpOnce(settings: ViewSettings, report: Log): Promise<number> {
  const log = LogName.parse(settings.origin) as LogName;
  const store = await openReader(settings.store);
  const isReplica = settings.storeHolds === 'replica';
  const rollUp = new RollUp({
    log,
    store,
    view: await openStore(settings.view),
    hours: isReplica ? new SealedHours(log, store) : new ClosedHours({ log, store, clock: new SystemClock() }),
    makeFile: (segments) =>
      makeParquet(segments, MEMORY_BYTES, ({ origin, first }, reason) =>
        report('alarm', 'segment-skipped', { origin, first, reason }),
      ),
  });
  const hours = await rollUp.rollUp();
  report('info', 'rolled-up', { hours: hours.length });
  return hours.length;
}

/** Rolls up with the settings of the environment. */
export async function main(env: Environment): Promise<void> {
  await rollUpOnce(fromEnv(env), logToStderr);
}

if (require.main === module) {
  runProcess(main);
}
