import { LogName } from '../../record';
import { SystemClock } from '../clock';
import { DuckDbEngine } from '../engine/duckdb';
import type { Replica } from '../engine/replica-feed';
import { RolledUpHours } from '../engine/rolled-up-hours';
import { TieredEngine } from '../engine/tiered';
import type { Environment } from '../environment';
import { identifyBy } from '../identity/identify';
import { fromJurisdiction } from '../identity/jurisdiction';
import { ACKNOWLEDGE_WITHIN_MS } from '../ingest/config';
import { type Listener, listen } from '../listen';
import { logToStderr } from '../log';
import type { Clock, Log, QueryEngine } from '../ports';
import { runProcess, untilAskedToEnd } from '../run-process';
import { vkeyOf } from '../signer/vkey';
import { LazyReader } from '../store/lazy-reader';
import { openReader } from '../store/open';
import { untilGranted } from '../until-granted';
import { fromEnv, type QuerySettings, type ReplicaSettings, unsearchedOf } from './config';
import { createApp } from './routes';

const THREADS = 2;
/** Segments are loaded while nobody searches, so that a search finds little left to load. */
const REFRESH_EVERY_MS = 10_000;
const READY_FOR_MS = 60_000;
const DRAIN_MS = 10_000;

/** What searches, and loads ahead of searches. */
interface LoadingEngine extends QueryEngine {
  refresh(): Promise<void>;
}

/** A query node that takes requests. */
export interface QueryNode {
  /** Where: the socket's path, or `host:port`. */
  readonly address: string;
  /** Lets running requests finish, and ends. */
  stop(): Promise<void>;
}

/**
 * Starts a query node. It answers at once and is ready when it has loaded the log, or what is not in its view.
 *
 * @throws setting-invalid, store-missing, engine-missing, search-cache-unusable
 */
export async function startQuery(settings: QuerySettings, log: Log = logToStderr): Promise<QueryNode> {
  const clock = new SystemClock();
  const logVkey = await vkeyOf(settings.logVkey, settings.origin);
  const engine = await openEngine(settings, clock, log);
  const refreshing = new Refreshing(engine, clock, log);
  const identify = fromJurisdiction(
    settings.jurisdiction,
    identifyBy(settings.readerSource, settings.tokenTrust, clock),
  );
  const isReady = (): boolean => refreshing.isFresh;
  const app = createApp({ engine, clock, log, identify, logVkey, unsearched: unsearchedOf(settings), isReady });
  let listener: Listener;
  try {
    listener = await listen(app.fetch, settings.listen);
  } catch (error) {
    refreshing.stop();
    await engine.close();
    throw error;
  }
  log('info', 'listening', { address: listener.address });
  return {
    address: listener.address,
    stop: async () => {
      refreshing.stop();
      await listener.close(DRAIN_MS);
      await engine.close();
    },
  };
}

async function openEngine(settings: QuerySettings, clock: Clock, report: Log): Promise<LoadingEngine> {
  const log = LogName.parse(settings.origin) as LogName;
  const store = await openReader(settings.store);
  const view = settings.athena && (await openReader(settings.athena.viewStore));
  const replicas = (settings.replicas ?? []).map(openReplica);
  const recent = await DuckDbEngine.open({
    log,
    store,
    clock,
    cache: { folder: settings.cacheFolder, memoryBytes: settings.memoryBytes, threads: THREADS },
    acknowledgeWithinMs: ACKNOWLEDGE_WITHIN_MS,
    replicas,
    report,
  });
  if (settings.athena === undefined || view === undefined) return recent;
  const { AthenaEngine } = athenaEngine();
  const { workgroup, database, table } = settings.athena;
  return new TieredEngine({
    view: new AthenaEngine({ log, workgroup, database, table, view, clock }),
    recent,
    rolledUp: new RolledUpHours(log, store, view),
    replicas: replicas.map((replica) => new RolledUpHours(replica.log, replica.store, view)),
    report,
  });
}

/** A replica that is not there yet keeps no node from starting. */
function openReplica({ origin, store }: ReplicaSettings): Replica {
  return { log: LogName.parse(origin) as LogName, store: new LazyReader(() => openReader(store)) };
}

/** A node without a view does not load the client. */
function athenaEngine(): typeof import('../engine/athena', { with: { 'resolution-mode': 'require' }}) {
  return require('../engine/athena');
}

/** Loads what is new in the store every few seconds, and knows when that last worked. */
class Refreshing {
  private readonly stopping = new AbortController();
  private last = Number.NEGATIVE_INFINITY;

  public constructor(
    private readonly engine: LoadingEngine,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    void this.run();
  }

  public get isFresh(): boolean {
    return !this.stopping.signal.aborted && this.clock.monotonic() - this.last <= READY_FOR_MS;
  }

  public stop(): void {
    this.stopping.abort();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.engine.refresh();
        this.last = this.clock.monotonic();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.log('error', 'refresh-failed', { reason: reason.slice(0, 500) });
      }
      await this.clock.sleep(REFRESH_EVERY_MS, this.stopping.signal);
    }
  }
}

/** Runs a query node until SIGTERM or SIGINT, with the settings of the environment. Resolves when it has ended in good order. */
export async function main(env: Environment): Promise<void> {
  const settings = fromEnv(env);
  const node = await untilGranted(() => startQuery(settings));
  await untilAskedToEnd();
  await node.stop();
  logToStderr('info', 'stopped');
}

if (require.main === module) {
  runProcess(main);
}
