import { Access } from './access';
import { readDocument, writeDocument } from './document';
import { type Members, Place } from './place';
import { Region } from './region';
import { Retention } from './retention';
import { type Routing, RoutingKind } from './routing';
import { Traffic } from './traffic';

const REGIONS = { least: 1, most: 32, of: 'regions' };

/** Parts of which some were bad and reported already. */
type Parts = { [part in keyof AuditLogPolicyProps]: AuditLogPolicyProps[part] | undefined };

/** The parts of a policy. */
export interface AuditLogPolicyProps {
  /** The log's name, part of every key and signature of it for ever: `[a-z][a-z0-9-]{0,62}`. */
  readonly name: string;

  /** For how long nobody can delete or shorten a record. */
  readonly retention: Retention;

  /** Who may append. */
  readonly writers: Access;

  /** Who may search and prove. */
  readonly readers: Access;

  /** Where logs are kept, 1 to 32; the first is the primary of failover. */
  readonly regions: Region[];

  /** How clients are led to regions. */
  readonly traffic: Traffic;
}

/** What must hold for an audit log, in no cloud's words. */
export class AuditLogPolicy {
  /**
   * Makes a policy whose parts fit together.
   *
   * @throws name-malformed, list-length-out-of-range, irreversible-unacknowledged, region-duplicate, failover-needs-regions,
   * jurisdiction-unknown, jurisdiction-unserved
   */
  public static of(props: AuditLogPolicyProps): AuditLogPolicy {
    return Place.valid('policy', (at) => {
      const regions = at.member('regions').list(props.regions, REGIONS, (region) => region as Region);
      return AuditLogPolicy.check({ ...props, name: parseName(props.name, at), regions: regions && [...regions] }, at);
    });
  }

  /**
   * Reads a policy from the text of a document; `policy.schema.json` is its JSON Schema.
   *
   * @param text JSON of at most 1 MiB in UTF-8, without duplicate or unknown members; nothing in it has a default
   * @throws document-invalid, which lists every problem (up to 100) with its JSON path and its own code
   */
  public static parse(text: string): AuditLogPolicy {
    return readDocument(text, AuditLogPolicy._parse);
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): AuditLogPolicy | undefined {
    const members = at.object(given, ['version', 'name', 'retention', 'writers', 'readers', 'regions', 'traffic']);
    if (members === undefined) return undefined;
    at.member('version').oneOf(members.version, [1], 'version-unsupported');
    const name = parseName(members.name, at);
    const retention = Retention._parse(members.retention, at.member('retention'));
    const writers = Access._parse(members.writers, at.member('writers'));
    const readers = Access._parse(members.readers, at.member('readers'));
    const regions = at.member('regions').list(members.regions, REGIONS, Region._parse);
    const traffic = Traffic._parse(members.traffic, at.member('traffic'));
    return AuditLogPolicy.check({ name, retention, writers, readers, regions: regions && [...regions], traffic }, at);
  }

  /** Reports every way in which the parts do not fit together. */
  private static check(parts: Parts, at: Place): AuditLogPolicy | undefined {
    const { name, retention, writers, readers, regions, traffic } = parts;
    if (name !== undefined && retention !== undefined) checkIrreversible(retention, name, at.member('retention'));
    if (regions !== undefined) checkNames(regions, at.member('regions'));
    if (regions !== undefined && traffic !== undefined) {
      checkRouting(traffic.writes, regions, at.member('traffic').member('writes'));
      checkRouting(traffic.reads, regions, at.member('traffic').member('reads'));
    }
    if (!name || !retention || !writers || !readers || !regions || !traffic) return undefined;
    return new AuditLogPolicy({ name, retention, writers, readers, regions, traffic });
  }

  /** The log's name, part of every key and signature of it for ever. */
  public readonly name: string;

  /** For how long nobody can delete or shorten a record. */
  public readonly retention: Retention;

  /** Who may append. */
  public readonly writers: Access;

  /** Who may search and prove. */
  public readonly readers: Access;

  /** Where logs are kept; the first is the primary of failover. */
  public readonly regions: Region[];

  /** How clients are led to regions. */
  public readonly traffic: Traffic;

  private constructor(props: AuditLogPolicyProps) {
    this.name = props.name;
    this.retention = props.retention;
    this.writers = props.writers;
    this.readers = props.readers;
    this.regions = props.regions;
    this.traffic = props.traffic;
  }

  /** The text of a document from which `parse` reads this policy again. */
  public toDocument(): string {
    return writeDocument(this._render());
  }

  /** @internal */
  public _render(): Members {
    return {
      version: 1,
      name: this.name,
      retention: this.retention._render(),
      writers: this.writers._render(),
      readers: this.readers._render(),
      regions: this.regions.map((region) => region._render()),
      traffic: this.traffic._render(),
    };
  }
}

function parseName(given: unknown, at: Place): string | undefined {
  const allowed = 'a letter of a-z and up to 62 of a-z, 0-9 and -';
  return at.member('name').text(given, /^[a-z][a-z0-9-]{0,62}$/, 'name-malformed', allowed);
}

function checkIrreversible(retention: Retention, name: string, at: Place): void {
  if (retention.irreversible === undefined || retention.irreversible === name) return;
  at.member('irreversible').report('irreversible-unacknowledged', {
    problem:
      "a compliance lock cannot be undone by anyone before its time, and another name than the policy's acknowledges it",
    given: retention.irreversible,
    allowed: name,
    fix: "repeat the policy's name if the lock is meant, or choose governance",
  });
}

function checkNames(regions: readonly Region[], at: Place): void {
  for (const [index, { name }] of regions.entries()) {
    if (regions.findIndex((each) => each.name === name) === index) continue;
    const fix = 'remove one of them';
    at.item(index)
      .member('name')
      .report('region-duplicate', { problem: 'the region is listed twice', given: name, fix });
  }
}

function checkRouting(routing: Routing, regions: readonly Region[], at: Place): void {
  if (routing.kind === RoutingKind.FAILOVER && regions.length < 2) {
    const problem = 'there is no second region to fail over to';
    at.report('failover-needs-regions', { problem, fix: 'add a region, or choose latency' });
  }
  if (routing.residency === undefined) return;
  const place = at.member(RoutingKind.JURISDICTION);
  const ours = new Set(regions.map((region) => region.jurisdiction));
  const served = Object.keys(routing.residency.countries);
  for (const jurisdiction of served.filter((each) => !ours.has(each))) {
    const problem = 'no region of the policy is in this jurisdiction';
    const fix = 'add a region there, or leave its countries out: their clients are sent nowhere';
    place.member(jurisdiction).report('jurisdiction-unknown', { problem, allowed: [...ours].join(', '), fix });
  }
  for (const jurisdiction of [...ours].filter((each) => !served.includes(each))) {
    const problem = `no country belongs to ${jurisdiction}, where the policy has a region`;
    place.report('jurisdiction-unserved', { problem, fix: 'list its countries, or remove the region' });
  }
}
