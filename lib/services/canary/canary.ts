import type { Clock, Log } from '../ports';
import { CANARY_ACTION, type CanaryTarget, type Path } from './config';
import { parseEvacuation } from './evacuation';
import type { HttpsRequest, SendHttps } from './https';
import type { Finding, SwitchFinding } from './metric';
import type { PathCredentials } from './path-credentials';

/** What one target is given, credentials included. */
const TIMEOUT_MS = 10_000;

/**
 * Canaries read what is new: tasks have it at hand, and the view that functions search does not go so far, which they know without a query of Athena. Such a
 * query costs money and may take longer than a canary waits.
 */
const WINDOW_MS = 60_000;

/** Of what the evacuation switch names wrongly, so many characters are logged. */
const MOST_CHARACTERS = 1_000;

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
  /** Takes what a round found of the evacuation switch. */
  readonly publishSwitch: (finding: SwitchFinding) => void;
  readonly report: Log;
  /** Another one for each event. */
  readonly newId: () => string;
}

/**
 * Does what clients do, once a round on each path of each region, and says whether it worked. A target that is evacuated is said not to work, and is
 * not tried.
 */
export class Canary {
  private evacuated: readonly CanaryTarget[] = [];

  public constructor(private readonly parts: CanaryParts) {}

  /**
   * One round. All targets at once, so that none waits for another; never throws.
   *
   * @param at when the round was due, milliseconds since 1970-01-01 UTC
   */
  public async run(at: number): Promise<void> {
    const { log, targets, publishSwitch } = this.parts;
    publishSwitch({ log, at, isClear: await this.readSwitch() });
    await Promise.all(targets.map((target) => this.watch(target, at)));
  }

  /** What cannot be read changes nothing: what it said last counts, or nothing is evacuated. */
  private async readSwitch(): Promise<boolean> {
    const { readSwitch, targets, report } = this.parts;
    try {
      const said = parseEvacuation(await readSwitch(), targets);
      this.evacuated = said.targets;
      if (said.unknown.length === 0) return true;
      report('error', 'evacuation-malformed', { unknown: quoted(said.unknown), counts: this.counting() });
    } catch (error) {
      report('error', 'evacuation-unreadable', { message: outcomeOf(error), counts: this.counting() });
    }
    return false;
  }

  private counting(): string {
    return this.evacuated.map(({ region, path }) => `${region}/${path}`).join(',') || 'none';
  }

  private async watch(target: CanaryTarget, at: number): Promise<void> {
    const { log, publish } = this.parts;
    if (this.evacuated.includes(target)) return publish({ log, target, at, isSuccess: false, outcome: 'evacuated' });
    const outcome = await this.attempt(target, at).catch(outcomeOf);
    publish({ log, target, at, isSuccess: outcome === 'answered', outcome });
  }

  private async attempt({ origin, host, path }: CanaryTarget, at: number): Promise<string> {
    const { credentials, send, clock } = this.parts;
    const start = clock.monotonic();
    const { headers, certificate } = await credentials[path].prove();
    const timeoutMs = TIMEOUT_MS - (clock.monotonic() - start);
    if (timeoutMs <= 0) return 'timeout';
    const request = path === 'ingest' ? this.appending(origin) : this.reading(origin, at);
    const { status } = await send({
      ...request,
      host,
      headers: { ...request.headers, ...headers },
      ...(certificate && { certificate }),
      timeoutMs: Math.ceil(timeoutMs),
    });
    if (status === 401) credentials[path].refused();
    return status === 200 ? 'answered' : `status-${status}`;
  }

  private appending(origin: string): Pick<HttpsRequest, 'url' | 'method' | 'headers' | 'body'> {
    const event = { action: CANARY_ACTION, actor: 'canary', id: this.parts.newId() };
    return {
      url: `${origin}/v1/events`,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': CANARY_ACTION },
      body: JSON.stringify(event),
    };
  }

  private reading(origin: string, at: number): Pick<HttpsRequest, 'url' | 'method' | 'headers'> {
    const [from, to] = [at - WINDOW_MS, at].map((time) => new Date(time).toISOString());
    // Of canaries' own events: what others sent is not to leave the region's jurisdiction for a test. Firewalls there let nothing else through, and
    // look at how the query begins.
    const search = new URLSearchParams({ action: CANARY_ACTION, from: `${from}`, to: `${to}`, limit: '1' });
    return { url: `${origin}/v1/events?${search}`, method: 'GET', headers: { 'user-agent': CANARY_ACTION } };
  }
}

function quoted(names: readonly string[]): string {
  return names
    .map((name) => JSON.stringify(name))
    .join(', ')
    .slice(0, MOST_CHARACTERS);
}

/** One word on what went wrong, which never holds what was sent or answered. */
function outcomeOf(error: unknown): string {
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  if (name === 'TimeoutError') return 'timeout';
  return (
    [code, name].find((word): word is string => typeof word === 'string' && /^[\w-]{1,64}$/.test(word)) ?? 'unknown'
  );
}
