import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SystemClock } from '../clock';
import type { Environment } from '../environment';
import { logToStderr } from '../log';
import { Canary } from './canary';
import { fromEnv, targetsOf } from './config';
import { httpsClient } from './https-client';
import { metricLine, switchLine } from './metric';
import { parameterReader } from './parameter-store';
import { PathCredentials } from './path-credentials';
import { roundTime } from './round-time';
import { secretReader } from './secrets-manager';

/** Makes canaries with the settings of an environment, which write their metric to stdout. */
export function openCanary(env: Environment): Canary {
  const settings = fromEnv(env);
  const clock = new SystemClock();
  const report = logToStderr;
  const send = httpsClient(settings.caFile === undefined ? undefined : readFileSync(settings.caFile, 'utf8'));
  const credentials = (arn: string) => new PathCredentials({ readSecret: secretReader(arn), send, clock, report });
  return new Canary({
    log: settings.log,
    targets: targetsOf(settings),
    readSwitch: parameterReader(settings.evacuationParameter),
    credentials: { ingest: credentials(settings.ingestSecret), query: credentials(settings.querySecret) },
    send,
    clock,
    publish: (finding) => writeLine(metricLine(finding)),
    publishSwitch: (finding) => writeLine(switchLine(finding)),
    report,
    newId: randomUUID,
  });
}

/** Not by console, to which Lambda adds words of its own. */
function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

let canary: Canary | undefined;

/** What Lambda calls on a schedule: one round. */
export async function handler(event?: unknown): Promise<void> {
  canary ??= openCanary(process.env);
  await canary.run(roundTime(event, Date.now()));
}
