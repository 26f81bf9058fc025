/** Milliseconds of an hour: a shard's span. */
export const HOUR_MS = 3_600_000;

const NAME = '[a-z][a-z0-9-]{0,62}';
const REGION = '[a-z0-9-]{1,40}';
const SHARD = '[0-9a-f]{32}';
const HOUR_PATH = 'date=(\\d{4}-\\d{2}-\\d{2})/hour=(\\d{2})';

const ORIGIN = new RegExp(`^(${NAME})/(${REGION})$`);
const ROOT_ENTRIES_KEY = /^root\/(\d{12})\.ndjson$/;
const ROOT_CHECKPOINT_KEY = /^root\/checkpoints\/(\d{12})\.note$/;
const ENTRIES_KEY = new RegExp(`^entries/${HOUR_PATH}/(${SHARD})/(?:(\\d{12})\\.ndjson\\.gz|_([0-9a-f]{64}))$`);
const ENDORSEMENT_KEY = new RegExp(`^shards/${HOUR_PATH}/(${SHARD})\\.note$`);
const SHARD_PATH = new RegExp(`^${HOUR_PATH}/(${SHARD})$`);

/** What an object's key says about it. Hours are the milliseconds at which they begin. */
export type ParsedKey =
  | { readonly kind: 'segment'; readonly hour: number; readonly shard: string; readonly first: number }
  | { readonly kind: 'blob'; readonly hour: number; readonly shard: string; readonly sha256: string }
  | { readonly kind: 'endorsement'; readonly hour: number; readonly shard: string }
  | { readonly kind: 'root-entries'; readonly first: number }
  | { readonly kind: 'root-checkpoint'; readonly size: number };

/** The begin of the hour that holds a time, both in milliseconds. */
export function hourOf(time: number): number {
  return Math.floor(time / HOUR_MS) * HOUR_MS;
}

/** `date=YYYY-MM-DD/hour=HH`, UTC. */
export function hourPath(hour: number): string {
  const text = new Date(hour).toISOString();
  return `date=${text.slice(0, 10)}/hour=${text.slice(11, 13)}`;
}

function parseHour(date: string, hour: string): number | undefined {
  const time = Date.parse(`${date}T${hour}:00:00.000Z`);
  return Number.isNaN(time) || hourPath(time) !== `date=${date}/hour=${hour}` ? undefined : time;
}

function digits(n: number): string {
  return String(n).padStart(12, '0');
}

/** The log of one policy in one region, and the names of all that belongs to it. */
export class LogName {
  /**
   * Reads `<name>/<region>`.
   *
   * @returns `undefined` when it is not the name of a log
   */
  public static parse(origin: string): LogName | undefined {
    const [, name, region] = ORIGIN.exec(origin) ?? [];
    return name === undefined || region === undefined ? undefined : new LogName(name, region);
  }

  public constructor(
    public readonly name: string,
    public readonly region: string,
  ) {}

  /** The log's origin, which is also the log key's name. */
  public get origin(): string {
    return `${this.name}/${this.region}`;
  }

  /** The admission key's name. */
  public get admission(): string {
    return `${this.origin}/admission`;
  }

  /** What every key of the log begins with. */
  public get prefix(): string {
    return `${this.origin}/`;
  }

  public shardOrigin(shard: string): string {
    return `${this.origin}/${shard}`;
  }

  public segmentKey(hour: number, shard: string, first: number): string {
    return `${this.prefix}entries/${hourPath(hour)}/${shard}/${digits(first)}.ndjson.gz`;
  }

  public endorsementKey(hour: number, shard: string): string {
    return `${this.prefix}shards/${hourPath(hour)}/${shard}.note`;
  }

  public rootEntriesKey(first: number): string {
    return `${this.prefix}root/${digits(first)}.ndjson`;
  }

  public rootCheckpointKey(size: number): string {
    return `${this.prefix}root/checkpoints/${digits(size)}.note`;
  }

  /** What a key names, or `undefined` when nothing of format 1 has such a key in this log. */
  public parseKey(key: string): ParsedKey | undefined {
    if (!key.startsWith(this.prefix)) {
      return undefined;
    }
    const name = key.slice(this.prefix.length);
    const root = ROOT_ENTRIES_KEY.exec(name);
    if (root) {
      return { kind: 'root-entries', first: Number(root[1]) };
    }
    const checkpoint = ROOT_CHECKPOINT_KEY.exec(name);
    if (checkpoint) {
      return { kind: 'root-checkpoint', size: Number(checkpoint[1]) };
    }
    return parseShardKey(name);
  }
}

function parseShardKey(name: string): ParsedKey | undefined {
  const [, date, hh, shard, first, sha256] = ENTRIES_KEY.exec(name) ?? ENDORSEMENT_KEY.exec(name) ?? [];
  const hour = date !== undefined && hh !== undefined ? parseHour(date, hh) : undefined;
  if (hour === undefined || shard === undefined) {
    return undefined;
  }
  if (sha256 !== undefined) {
    return { kind: 'blob', hour, shard, sha256 };
  }
  return first === undefined
    ? { kind: 'endorsement', hour, shard }
    : { kind: 'segment', hour, shard, first: Number(first) };
}

/**
 * A shard's place below `entries/` and `shards/`, as root entries name it: `date=…/hour=…/<shard>`.
 */
export function shardPath(hour: number, shard: string): string {
  return `${hourPath(hour)}/${shard}`;
}

/** Reads what `shardPath` wrote, or gives `undefined`. */
export function parseShardPath(path: string): { readonly hour: number; readonly shard: string } | undefined {
  const [, date, hh, shard] = SHARD_PATH.exec(path) ?? [];
  const hour = date !== undefined && hh !== undefined ? parseHour(date, hh) : undefined;
  return hour === undefined || shard === undefined ? undefined : { hour, shard };
}
