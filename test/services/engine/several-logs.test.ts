import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AthenaClient } from '@aws-sdk/client-athena';
import { HOUR_MS, LogName } from '../../../lib/record';
import { AthenaEngine } from '../../../lib/services/engine/athena';
import { DuckDbEngine } from '../../../lib/services/engine/duckdb';
import { RolledUpHours } from '../../../lib/services/engine/rolled-up-hours';
import { TieredEngine } from '../../../lib/services/engine/tiered';
import type { ObjectStore } from '../../../lib/services/ports';
import { FileStore } from '../../../lib/services/store/file';
import { AthenaServer } from '../../athena-server';
import { SEVERAL_LOGS_HOUR, severalLogsConformance } from '../../conformance/several-logs';
import { FakeClock } from '../../fake-clock';
import { S3Fixture } from '../../s3-server/s3-fixture';

const [OWN, OTHER] = [new LogName('acme', 'eu-1'), new LogName('acme', 'eu-2')];
const clock = new FakeClock(SEVERAL_LOGS_HOUR + HOUR_MS / 2);

async function duckDb(folder: string, store: ObjectStore, replica: ObjectStore): Promise<DuckDbEngine> {
  return DuckDbEngine.open({
    log: OWN,
    store,
    clock,
    cache: { folder: join(folder, 'cache'), memoryBytes: 128 * 1024 ** 2, threads: 1 },
    acknowledgeWithinMs: 30_000,
    replicas: [{ log: OTHER, store: replica }],
    report: () => {},
  });
}

const newFolder = () => mkdtemp(join(tmpdir(), 'several-logs-'));

severalLogsConformance('DuckDbEngine over folders', async () => {
  const folder = await newFolder();
  const [store, replica] = [await FileStore.open(join(folder, 'own')), await FileStore.open(join(folder, 'replica'))];
  const engine = await duckDb(folder, store, replica);
  const close = async () => {
    await engine.close();
    await rm(folder, { recursive: true });
  };
  return { engine, logs: [[OWN, store] as const, [OTHER, replica] as const], close };
});

severalLogsConformance('DuckDbEngine over S3', async () => {
  const folder = await newFolder();
  const { store, server } = await S3Fixture.start({ now: () => clock.now(), pageSize: 2 });
  const engine = await duckDb(folder, store, store);
  const close = async () => {
    await engine.close();
    await server.close();
    await rm(folder, { recursive: true });
  };
  return { engine, logs: [[OWN, store] as const, [OTHER, store] as const], close };
});

severalLogsConformance('TieredEngine', async () => {
  const folder = await newFolder();
  const [store, replica, view] = [
    await FileStore.open(join(folder, 'own')),
    await FileStore.open(join(folder, 'replica')),
    await FileStore.open(join(folder, 'view')),
  ];
  const athena = await AthenaServer.start(join(folder, 'view/acme/*/events/*/*.parquet'));
  const client = new AthenaClient({ endpoint: athena.endpoint, region: 'eu-central-1', maxAttempts: 1 });
  const engine = new TieredEngine({
    view: new AthenaEngine({ log: OWN, workgroup: 'w', database: 'audit', table: 'events', view, clock, client }),
    recent: await duckDb(folder, store, replica),
    rolledUp: new RolledUpHours(OWN, store, view),
    replicas: [new RolledUpHours(OTHER, replica, view)],
    report: () => {},
  });
  const close = async () => {
    await engine.close();
    await athena.close();
    await rm(folder, { recursive: true });
  };
  return { engine, logs: [[OWN, store] as const, [OTHER, replica] as const], close };
});
