import type { AuditLogPolicy, Region } from '../policy';
import { readDocument, writeDocument } from '../policy/document';
import { parseDomain } from '../policy/domain';
import { AuditLogError } from '../policy/errors';
import { type Members, Place } from '../policy/place';
import { Elsewhere } from './elsewhere';
import { exampleDeployment } from './example-deployment';
import { ProviderVersion } from './provider-version';

const KNOWN = [
  'project',
  'domain',
  'zone',
  'image',
  'writerAuthorities',
  'readerAuthorities',
  'providerVersion',
  'elsewhere',
];

const AUTHORITIES = { least: 1, most: 100, of: 'certificates' };

/**
 * https://cloud.google.com/resource-manager/docs/creating-managing-projects. Not the older form within a domain, `example.com:acme-logs`: neither names of
 * buckets nor addresses of accounts can have it.
 */
const PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

const PROJECT_FORM = 'the id of a project, such as acme-logs, and none within a domain';

const ZONE = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** An image by its digest; a tag could be moved to other code. */
const IMAGE = /^[a-z0-9.-]{1,200}(:[0-9]{1,5})?(\/[a-z0-9._-]{1,128}){1,8}@sha256:[0-9a-f]{64}$/;

const CERTIFICATE =
  /^\s*-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=]{1,76}\r?\n){1,400}-----END CERTIFICATE-----\s*$/;

/** The parts of a deployment on Google Cloud. */
export interface GoogleDeploymentProps {
  /** Id of the project, such as `acme-logs`. */
  readonly project: string;

  /** Clients reach the log at `ingest.<domain>` and `query.<domain>`. In lower case, such as `audit.example.com`. */
  readonly domain: string;

  /**
   * Name of the public Cloud DNS zone that holds the domain.
   *
   * @default - records are made elsewhere; outputs say which
   */
  readonly zone?: string;

  /**
   * The container image of the services, by digest: `<host>/<path>@sha256:<64 hex digits>`.
   *
   * @default - none: needed only by services in containers
   */
  readonly image?: string;

  /**
   * Certificates in PEM of those who may issue the certificates of writers, 1 to 100.
   *
   * @default - none: needed where writers authenticate by mutual TLS
   */
  readonly writerAuthorities?: string[];

  /**
   * Certificates in PEM of those who may issue the certificates of readers, 1 to 100.
   *
   * @default - none: needed where readers authenticate by mutual TLS
   */
  readonly readerAuthorities?: string[];

  /**
   * Which version of the Google provider applies the stack.
   *
   * @default - 6.50.0, the bindings'
   */
  readonly providerVersion?: ProviderVersion;

  /**
   * What of the policy another cloud hosts. Its regions get nothing here, and the names of the log are made where that cloud makes them, so
   * that there is no `zone`: the records to publish are outputs.
   *
   * @default - nothing: every region of the policy is here
   */
  readonly elsewhere?: Elsewhere;
}

/** Where on Google Cloud a policy is deployed: all that differs between organisations and stages, and nothing about what must hold. */
export class GoogleDeployment {
  /**
   * Makes a deployment.
   *
   * @throws project-malformed, domain-malformed, dns-zone-malformed, dns-zone-shared, image-malformed, authority-malformed,
   * list-length-out-of-range
   */
  public static of(props: GoogleDeploymentProps): GoogleDeployment {
    return Place.valid('deployment', (at) => GoogleDeployment.check(props, props, at));
  }

  /**
   * Reads a deployment from the text of a document; `deployment.schema.json` beside this file is its JSON Schema.
   *
   * @param text JSON of at most 1 MiB in UTF-8, without duplicate or unknown members
   * @throws document-invalid, which lists every problem (up to 100) with its JSON path and its own code
   */
  public static parse(text: string): GoogleDeployment {
    return readDocument(text, (given, at) => {
      const members = at.object(given, ['version', ...KNOWN]);
      if (members === undefined) return undefined;
      at.member('version').oneOf(members.version, [1], 'version-unsupported');
      const providerVersion = at.member('providerVersion').optional(members.providerVersion, ProviderVersion._parse);
      const elsewhere = at.member('elsewhere').optional(members.elsewhere, Elsewhere._parse);
      return GoogleDeployment.check(members, { providerVersion, elsewhere }, at);
    });
  }

  /**
   * Placeholders for everything that a policy needs, to look at stacks before there is anything to name. Nothing in it exists. Regions
   * whose names have another form than those of Google are elsewhere, unless all have.
   *
   * @param policy which has to be deployed
   */
  public static example(policy: AuditLogPolicy): GoogleDeployment {
    return GoogleDeployment.of(exampleDeployment(policy));
  }

  private static check(
    given: { readonly [member in keyof GoogleDeploymentProps]?: unknown },
    { providerVersion, elsewhere }: Pick<GoogleDeploymentProps, 'providerVersion' | 'elsewhere'>,
    at: Place,
  ): GoogleDeployment | undefined {
    const project = at.member('project').text(given.project, PROJECT, 'project-malformed', PROJECT_FORM);
    const domain = parseDomain(given.domain, at.member('domain'));
    const zone = at.member('zone').optional(given.zone, parseZone);
    const image = at.member('image').optional(given.image, parseImage);
    const writerAuthorities = at.member('writerAuthorities').optional(given.writerAuthorities, parseAuthorities);
    const readerAuthorities = at.member('readerAuthorities').optional(given.readerAuthorities, parseAuthorities);
    if (zone !== undefined && elsewhere !== undefined) reportShared(zone, at.member('zone'));
    if (project === undefined || domain === undefined) return undefined;
    const authorities = { writerAuthorities, readerAuthorities };
    return new GoogleDeployment({ project, domain, zone, image, ...authorities, providerVersion, elsewhere });
  }

  /** Id of the project. */
  public readonly project: string;

  /** Clients reach the log at `ingest.<domain>` and `query.<domain>`. */
  public readonly domain: string;

  /**
   * Name of the public Cloud DNS zone that holds the domain.
   *
   * @default - records are made elsewhere
   */
  public readonly zone?: string;

  /**
   * The container image of the services.
   *
   * @default - none
   */
  public readonly image?: string;

  /**
   * Who may issue the certificates of writers, in PEM.
   *
   * @default - nobody
   */
  public readonly writerAuthorities?: string[];

  /**
   * Who may issue the certificates of readers, in PEM.
   *
   * @default - nobody
   */
  public readonly readerAuthorities?: string[];

  /**
   * Which version of the Google provider applies the stack.
   *
   * @default - 6.50.0, the bindings'
   */
  public readonly providerVersion?: ProviderVersion;

  /**
   * What of the policy another cloud hosts.
   *
   * @default - nothing
   */
  public readonly elsewhere?: Elsewhere;

  private constructor(props: GoogleDeploymentProps) {
    this.project = props.project;
    this.domain = props.domain;
    this.zone = props.zone;
    this.image = props.image;
    this.writerAuthorities = props.writerAuthorities;
    this.readerAuthorities = props.readerAuthorities;
    this.providerVersion = props.providerVersion;
    this.elsewhere = props.elsewhere;
  }

  /**
   * The regions of a policy that are here.
   *
   * @internal
   * @throws region-unlisted, regions-all-elsewhere
   */
  public _regionsOf({ regions }: AuditLogPolicy): Region[] {
    const names = this.elsewhere?.regions ?? [];
    checkListed(names, regions);
    const here = regions.filter(({ name }) => !names.includes(name));
    if (here.length > 0) return here;
    throw new AuditLogError('regions-all-elsewhere', {
      problem: 'another cloud hosts every region of the policy, so that there is nothing to make',
      given: names,
      fix: 'leave out of elsewhere what is to be here',
    });
  }

  /** The text of a document from which `parse` reads this deployment again. */
  public toDocument(): string {
    return writeDocument(this._render());
  }

  /** @internal */
  public _render(): Members {
    const { project, domain, zone, image, writerAuthorities, readerAuthorities, providerVersion, elsewhere } = this;
    return {
      version: 1,
      project,
      domain,
      ...(zone && { zone }),
      ...(image && { image }),
      ...(writerAuthorities && { writerAuthorities }),
      ...(readerAuthorities && { readerAuthorities }),
      ...(providerVersion && { providerVersion: providerVersion._least }),
      ...(elsewhere && { elsewhere: elsewhere._render() }),
    };
  }
}

function parseZone(given: unknown, at: Place): string | undefined {
  return at.text(given, ZONE, 'dns-zone-malformed', 'the name of a managed zone, such as audit-example-com');
}

function parseImage(given: unknown, at: Place): string | undefined {
  return at.text(given, IMAGE, 'image-malformed', '<host>/<path>@sha256:<64 hex digits>');
}

function parseAuthorities(given: unknown, at: Place): string[] | undefined {
  const list = at.list(given, AUTHORITIES, (item, spot) => {
    return spot.text(item, CERTIFICATE, 'authority-malformed', 'one certificate in PEM');
  });
  return list && [...list];
}

function checkListed(names: readonly string[], regions: readonly Region[]): void {
  const unknown = names.find((name) => regions.every((region) => region.name !== name));
  if (unknown === undefined) return;
  throw new AuditLogError('region-unlisted', {
    problem: 'a region is said to be elsewhere that the policy does not list',
    given: unknown,
    allowed: regions.map(({ name }) => name).join(', '),
    fix: "give names of the policy's regions",
  });
}

function reportShared(zone: string, at: Place): void {
  at.report('dns-zone-shared', {
    problem:
      'names that lead to another cloud as well would be made in a zone of Cloud DNS, which would lead here only',
    given: zone,
    fix: 'leave out zone: the records to publish where that cloud makes names are outputs; or leave out elsewhere',
  });
}
