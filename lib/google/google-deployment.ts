import { type AuditLogPolicy, AuthenticationKind } from '../policy';
import { readDocument } from '../policy/document';
import { parseDomain } from '../policy/domain';
import { Place } from '../policy/place';
import { ProviderVersion } from './provider-version';

const AUTHORITIES = { least: 1, most: 100, of: 'certificates' };

/** https://cloud.google.com/resource-manager/docs/creating-managing-projects, and the older form within a domain */
const PROJECT = /^([a-z0-9.-]{1,100}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

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
}

/** Where on Google Cloud a policy is deployed: all that differs between organisations and stages, and nothing about what must hold. */
export class GoogleDeployment {
  /**
   * Makes a deployment.
   *
   * @throws project-malformed, domain-malformed, dns-zone-malformed, image-malformed, authority-malformed, list-length-out-of-range
   */
  public static of(props: GoogleDeploymentProps): GoogleDeployment {
    return Place.valid('deployment', (at) => GoogleDeployment.check(props, props.providerVersion, at));
  }

  /**
   * Reads a deployment from the text of a document: an object with `version` 1 and the members of `GoogleDeploymentProps`, with
   * `providerVersion` as text.
   *
   * @param text JSON of at most 1 MiB in UTF-8, without duplicate or unknown members
   * @throws document-invalid, which lists every problem (up to 100) with its JSON path and its own code
   */
  public static parse(text: string): GoogleDeployment {
    return readDocument(text, (given, at) => {
      const known = ['project', 'domain', 'zone', 'image', 'writerAuthorities', 'readerAuthorities', 'providerVersion'];
      const members = at.object(given, ['version', ...known]);
      if (members === undefined) return undefined;
      at.member('version').oneOf(members.version, [1], 'version-unsupported');
      const version = at.member('providerVersion').optional(members.providerVersion, ProviderVersion._parse);
      return GoogleDeployment.check(members, version, at);
    });
  }

  /**
   * Placeholders for everything that a policy needs, to look at stacks before there is anything to name. Nothing in it exists.
   *
   * @param policy which has to be deployed
   */
  public static example(policy: AuditLogPolicy): GoogleDeployment {
    const { writers, readers, traffic } = policy;
    const isResident = traffic.writes.residency !== undefined || traffic.reads.residency !== undefined;
    const authorities = (kind: AuthenticationKind) =>
      kind === AuthenticationKind.MUTUAL_TLS ? [EXAMPLE_AUTHORITY] : undefined;
    return GoogleDeployment.of({
      project: 'example-audit',
      domain: 'audit.example.com',
      zone: 'audit-example-com',
      image: `europe-docker.pkg.dev/example-audit/services/audit-log@sha256:${'0'.repeat(64)}`,
      writerAuthorities: authorities(writers.authenticate.kind),
      readerAuthorities: authorities(readers.authenticate.kind),
      providerVersion: isResident ? ProviderVersion.atLeast('8.5.0') : undefined,
    });
  }

  private static check(
    given: { readonly [member in keyof GoogleDeploymentProps]?: unknown },
    providerVersion: ProviderVersion | undefined,
    at: Place,
  ): GoogleDeployment | undefined {
    const project = at.member('project').text(given.project, PROJECT, 'project-malformed', 'the id of a project');
    const domain = parseDomain(given.domain, at.member('domain'));
    const zone = at.member('zone').optional(given.zone, parseZone);
    const image = at.member('image').optional(given.image, parseImage);
    const writerAuthorities = at.member('writerAuthorities').optional(given.writerAuthorities, parseAuthorities);
    const readerAuthorities = at.member('readerAuthorities').optional(given.readerAuthorities, parseAuthorities);
    if (project === undefined || domain === undefined) return undefined;
    const props = { project, domain, zone, image, writerAuthorities, readerAuthorities, providerVersion };
    return new GoogleDeployment(props);
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

  private constructor(props: GoogleDeploymentProps) {
    this.project = props.project;
    this.domain = props.domain;
    this.zone = props.zone;
    this.image = props.image;
    this.writerAuthorities = props.writerAuthorities;
    this.readerAuthorities = props.readerAuthorities;
    this.providerVersion = props.providerVersion;
  }
}

/** Looks like a certificate, and is none. */
const EXAMPLE_AUTHORITY = `-----BEGIN CERTIFICATE-----\n${btoa('an example of a certificate')}\n-----END CERTIFICATE-----\n`;

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
