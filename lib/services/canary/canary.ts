import { AuditLogError } from '../../policy/errors';
import type { Clock, Log } from '../ports';
import type { CanaryTarget, Path } from './config';
import { type Evacuated, parseEvacuation } from './evacuation';
import type { HttpsRequest, SendHttps } from './https';
import type { Finding } from './metric';
import type { PathCredentials } from './path-credentials';

/** What one target is given, credentials included. */
const TIMEOUT_MS = 10_000;

/** Canaries read what is new, which no engine has to fetch from far. */
const WINDOW_MS = 60_000;

const ACTION = 'audit-log.canary';

/** What canaries are made from. */
export interface CanaryParts {
  /** The log's name. */
  readonly log: string;
  readonly targets: readonly CanaryTarget[];
  /** The text of the evacuation switch. */
  readonly readSwitch: () => Promise<string>;
  readonly credentials: Readonly<Record<Path, PathCredentials>>;
  readonly send: SendHttps;
  readonly clock: Clock;
  /** Takes what one canary found, as soon as it is found. */
  readonly publish: (finding: Finding) => void;
  readonly report: Log;
  /** Another one for each event. */
  readonly newId: () => string;
}

/**
 * Does what clients do, once a round on each path of each region, and says whether it worked. A target that is evacuated is said not to work, and is
 * not tried.
 */
export class Canary {
  private evacuated: Evacuated = [];

  public constructor(private readonly parts: CanaryParts) {}

  /** One round. All targets at once, so that none waits for another; never throws. */
  public async run(): Promise<void> {
    const at = this.parts.clock.now();
    await this.readSwitch();
    await Promise.all(this.parts.targets.map((target) => this.watch(target, at)));
  }

  /** What cannot be read, or makes no sense, changes nothing: the last good value counts, or nothing is evacuated. */
  private async readSwitch(): Promise<void> {
    const { readSwitch, targets, report } = this.parts;
    try {
      this.evacuated = parseEvacuation(await readSwitch(), targets);
    } catch (error) {
      const isWrong = error instanceof AuditLogError;
      report('error', isWrong ? 'evacuation-malformed' : 'evacuation-unreadable', {
        message: isWrong ? error.message : outcomeOf(error),
        counts: this.evacuated.map(({ region, path }) => `${region}/${path}`).join(',') || 'none',
      });
    }
  }

  private async watch(target: CanaryTarget, at: number): Promise<void> {
    const { log, publish } = this.parts;
    if (this.evacuated.includes(target)) return publish({ log, target, at, isSuccess: false, outcome: 'evacuated' });
    const outcome = await this.attempt(target, at).catch(outcomeOf);
    publish({ log, target, at, isSuccess: outcome === 'answered', outcome });
  }

  private async attempt({ origin, path }: CanaryTarget, at: number): Promise<string> {
    const { credentials, send, clock } = this.parts;
    const start = clock.monotonic();
    const { headers, certificate } = await credentials[path].prove();
    const timeoutMs = TIMEOUT_MS - (clock.monotonic() - start);
    if (timeoutMs <= 0) return 'timeout';
    const request = path === 'ingest' ? this.appending(origin) : this.reading(origin, at);
    const { status } = await send({
      ...request,
      headers: { ...request.headers, ...headers },
      ...(certificate && { certificate }),
      timeoutMs: Math.ceil(timeoutMs),
    });
    if (status === 401) credentials[path].refused();
    return status === 200 ? 'answered' : `status-${status}`;
  }

  private appending(origin: string): Pick<HttpsRequest, 'url' | 'method' | 'headers' | 'body'> {
    const event = { action: ACTION, actor: 'canary', id: this.parts.newId() };
    return {
      url: `${origin}/v1/events`,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': ACTION },
      body: JSON.stringify(event),
    };
  }

  private reading(origin: string, at: number): Pick<HttpsRequest, 'url' | 'method' | 'headers'> {
    const [from, to] = [at - WINDOW_MS, at].map((time) => new Date(time).toISOString());
    // Of canaries' own events: what others sent is not to leave the region's jurisdiction for a test.
    const search = new URLSearchParams({ from: `${from}`, to: `${to}`, action: ACTION, limit: '1' });
    return { url: `${origin}/v1/events?${search}`, method: 'GET', headers: { 'user-agent': ACTION } };
  }
}

/** One word on what went wrong, which never holds what was sent or answered. */
function outcomeOf(error: unknown): string {
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  if (name === 'TimeoutError') return 'timeout';
  return (
    [code, name].find((word): word is string => typeof word === 'string' && /^[\w-]{1,64}$/.test(word)) ?? 'unknown'
  );
}
