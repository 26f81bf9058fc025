import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { appendUnderLoad, foundNumbers } from './append-load';
import { RunningLog } from './running-log';

const CLIENTS = 16;
const BETWEEN_KILLS_MS = 1_500;

/** The process ids of the log's ingest nodes. */
function ingestNodes(log: RunningLog): number[] {
  const lines = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(log.process.pid)])
    .toString()
    .split('\n');
  return lines.filter((line) => line.includes('ingest.js')).map((line) => Number.parseInt(line, 10));
}

/** The process ids of both nodes, as soon as both run. */
async function bothNodes(log: RunningLog): Promise<number[]> {
  for (let i = 0; i < 300; i++) {
    const nodes = ingestNodes(log);
    if (nodes.length === 2) return nodes;
    await sleep(100);
  }
  throw new Error('up did not start a killed node again in 30 seconds');
}

/** Kills ingest nodes under load, one after the other, and then demands that every acknowledged event is there once and the log is whole. */
export async function killNodesUnderLoad(kills: number): Promise<void> {
  const log = await RunningLog.start();
  try {
    let isOver = false;
    const load = appendUnderLoad(log, CLIENTS, () => isOver);
    for (let i = 0; i < kills; i++) {
      await sleep(BETWEEN_KILLS_MS);
      process.kill((await bothNodes(log))[i % 2] as number, 'SIGKILL');
    }
    await sleep(BETWEEN_KILLS_MS);
    isOver = true;
    const { acknowledged } = await load;
    expect(acknowledged.size).toBeGreaterThan(0);
    expect(log.output.match(/ended with SIGKILL, starting again/g)).toHaveLength(kills);
    await bothNodes(log);
    const found = await foundNumbers(log);
    expect(found).toHaveLength(new Set(found).size);
    expect(new Set(found)).toEqual(acknowledged);
    expect(await log.verify('--receipts', 'load.ndjson')).toMatchObject({ code: 0, stderr: '' });
  } finally {
    await log.remove();
  }
}
