import { Construct } from 'constructs';
import { ServiceIdentity } from './service-identity';

/** The parts of a log's roles. */
export interface AuditLogRolesProps {
  /** The log, `<name>/<region>`. */
  readonly origin: string;
}

/** The identities of the services of one log, apart from whatever runs as them. */
export class AuditLogRoles extends Construct {
  /** Appends entries and endorses shards; can neither read, nor list, nor seal. */
  public readonly ingest: ServiceIdentity;

  /** Reads shards, appends to the root log and signs its checkpoints. */
  public readonly seal: ServiceIdentity;

  /** Reads, for searches and proofs. */
  public readonly query: ServiceIdentity;

  /** Reads, to derive the view. */
  public readonly view: ServiceIdentity;

  /** Reads, locks included. */
  public readonly verification: ServiceIdentity;

  public constructor(scope: Construct, id: string, props: AuditLogRolesProps) {
    super(scope, id);
    const make = (name: string, service: string, description: string) =>
      new ServiceIdentity(this, name, { origin: props.origin, service, description });
    this.ingest = make('Ingest', 'ingest', 'appends entries');
    this.seal = make('Seal', 'seal', 'seals shards in the root log');
    this.query = make('Query', 'query', 'answers searches');
    this.view = make('View', 'view', 'derives the view');
    this.verification = make('Verification', 'verify', 'verifies records and locks');
  }
}
