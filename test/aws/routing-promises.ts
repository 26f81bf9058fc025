import type { AuditLogPolicy, Deployment, Region } from '../../lib/policy';
import { PATHS } from './routed-logs';
import type { Answer, Client, Failures, Outcome, RoutingSimulator } from './routing-simulator';

/** Some of each continent, in and out of policies, by ISO 3166-1. */
const PLACES: Record<string, string[]> = {
  AF: ['EG', 'NG', 'ZA'],
  AN: ['AQ'],
  AS: ['CN', 'HK', 'ID', 'IN', 'JP', 'KR', 'MY', 'PH', 'SG', 'TH', 'TR', 'TW', 'VN'],
  EU: [
    ...[
      'AT',
      'BE',
      'BG',
      'CY',
      'CZ',
      'DE',
      'DK',
      'EE',
      'ES',
      'FI',
      'FR',
      'GR',
      'HR',
      'HU',
      'IE',
      'IT',
      'LT',
      'LU',
      'LV',
    ],
    ...['MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK', 'CH', 'GB', 'NO', 'RU', 'UA'],
  ],
  NA: ['CA', 'MX', 'PR', 'US', 'VI'],
  OC: ['AS', 'AU', 'GU', 'MP', 'NZ', 'UM'],
  SA: ['AR', 'BR', 'GF'],
};

/** In these, clients are tried with every failure; in the others only while all works. */
const CLOSER = ['DE', 'FR', 'US', 'PR', 'JP', 'AU', 'CH', 'CA', 'BR', 'CN', 'ZA', 'AQ'];

type Path = (typeof PATHS)[number];

/** What routing promises, whatever the policy. Each is a property of answers, and tells nothing of how records are made. */
export type Promised =
  | 'a client gets an answer of its jurisdiction or none'
  | 'a country that is not listed gets no answer'
  | 'a client gets an answer as long as all works'
  | 'a failure of one path moves no client of the other'
  | 'what does not work is left where there is another'
  | 'what is evacuated is left as if it did not work'
  | 'a dead watcher moves nobody'
  | 'everything down moves nobody'
  | 'IPv4 and IPv6 lead to one place'
  | 'every region has clients when no other works';

/** Walks a log over clients and failures, and names the promises that do not hold. */
export class RoutingWalk {
  public readonly broken = new Set<Promised>();
  private readonly served = new Set<string>();
  public answers = 0;

  public constructor(
    private readonly simulator: RoutingSimulator,
    private readonly policy: AuditLogPolicy,
    private readonly deployment: Deployment,
  ) {
    for (const path of PATHS) for (const client of this.clients()) this.walk(path, client);
    const all = PATHS.flatMap((path) => policy.regions.map(({ name }) => `${name}/${path}`));
    if (all.some((each) => !this.served.has(each))) this.broken.add('every region has clients when no other works');
  }

  private walk(path: Path, client: Client): void {
    const healthy = this.regionOf(path, client);
    const expected = this.candidates(path, client);
    this.require(expected.length > 0 || healthy === undefined, 'a country that is not listed gets no answer');
    this.require(expected.length === 0 || healthy !== undefined, 'a client gets an answer as long as all works');
    const other = this.regionOf(path, client, {}, 'AAAA');
    this.require(other === healthy || !this.hasIpv6(healthy, path), 'IPv4 and IPv6 lead to one place');
    this.checkResidency(path, client, healthy);
    if (!CLOSER.includes(client.country ?? 'DE')) return;
    this.require(this.regionOf(path, client, { watcherDown: true }) === healthy, 'a dead watcher moves nobody');
    const everything = this.policy.regions.map(({ name }) => name);
    this.require(this.regionOf(path, client, { down: everything }) === healthy, 'everything down moves nobody');
    for (const last of everything) {
      const region = this.regionOf(path, client, { down: everything.filter((each) => each !== last) });
      this.checkResidency(path, client, region);
      if (region === last) this.served.add(`${last}/${path}`);
    }
    for (const down of this.failures()) this.checkFailure(path, client, down, healthy);
  }

  private checkFailure(path: Path, client: Client, down: readonly string[], healthy: string | undefined): void {
    const region = this.regionOf(path, client, { down });
    this.checkResidency(path, client, region);
    const evacuated = this.regionOf(path, client, { evacuated: down.join(',') });
    this.require(evacuated === region, 'what is evacuated is left as if it did not work');
    for (const unseen of [{ down }, { evacuated: down.join(',') }]) {
      const answer = this.regionOf(path, client, { ...unseen, watcherDown: true });
      this.require(answer === healthy, 'a dead watcher moves nobody');
    }
    const works = (name: string) => !down.includes(name) && !down.includes(`${name}/${path}`);
    const candidates = this.candidates(path, client).map(({ name }) => name);
    const isLeft = region === undefined || works(region) || !candidates.some(works);
    this.require(isLeft, 'what does not work is left where there is another');
    if (down.some((each) => !each.includes('/') || each.endsWith(`/${path}`))) return;
    this.require(region === healthy, 'a failure of one path moves no client of the other');
  }

  private checkResidency(path: Path, client: Client, region: string | undefined): void {
    if (region === undefined) return;
    const isOurs = this.candidates(path, client).some(({ name }) => name === region);
    this.require(isOurs, 'a client gets an answer of its jurisdiction or none');
  }

  private require(holds: boolean, promised: Promised): void {
    if (!holds) this.broken.add(promised);
  }

  /** The regions that a client may be led to. */
  private candidates(path: Path, { country }: Client): readonly Region[] {
    const { writes, reads } = this.policy.traffic;
    const { residency } = path === 'ingest' ? writes : reads;
    if (residency === undefined) return this.policy.regions;
    const listed = Object.entries(residency.countries).find(([, codes]) => codes.includes(country ?? ''));
    return this.policy.regions.filter(({ jurisdiction }) => jurisdiction === listed?.[0]);
  }

  /** The policy's region that a client is led to; undefined if there is no answer. */
  private regionOf(path: Path, client: Client, failures: Failures = {}, type: 'A' | 'AAAA' = 'A'): string | undefined {
    this.answers += 1;
    const outcome: Outcome = this.simulator.resolve(`${path}.${this.deployment.domain}`, type, client, failures);
    if (typeof outcome === 'string') return undefined;
    return this.regionAt(path, outcome);
  }

  private regionAt(path: Path, { endpoint }: Answer): string {
    const external = this.deployment.elsewhere.find((region) => {
      const { ipv4, ipv6 } = region[path];
      return endpoint === ipv4 || endpoint === ipv6;
    });
    const [region = '', target = ''] = endpoint.split(' ');
    if (external === undefined && !target.toLowerCase().includes(path)) throw new Error(`${path} leads to ${endpoint}`);
    return external?.name ?? region;
  }

  private hasIpv6(region: string | undefined, path: Path): boolean {
    const external = this.deployment.elsewhere.find(({ name }) => name === region);
    return external === undefined || external[path].ipv6 !== undefined;
  }

  /** In every place, near to each region in turn. */
  private clients(): Client[] {
    const { elsewhere } = this.deployment;
    const regions = this.policy.regions.map(({ name }) => elsewhere.find((each) => each.name === name)?.near ?? name);
    const orders = regions.map((_, index) => [...regions.slice(index), ...regions.slice(0, index)]);
    const places = Object.entries(PLACES).flatMap(([continent, countries]) =>
      countries.map((country): Omit<Client, 'nearest'> => ({ continent, country })),
    );
    return [...places, {}].flatMap((place) => orders.map((nearest) => ({ ...place, nearest })));
  }

  /** All that can fail, alone and in pairs. */
  private failures(): string[][] {
    const single = this.policy.regions.flatMap(({ name }) => [name, ...PATHS.map((path) => `${name}/${path}`)]);
    const pairs = single.flatMap((one, index) => single.slice(index + 1).map((other) => [one, other]));
    return [...single.map((each) => [each]), ...pairs];
  }
}
