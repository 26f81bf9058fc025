import { Stack } from 'aws-cdk-lib';
import { CompositePrincipal, type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { IAM_PATH } from './iam-path';

/**
 * The identities of the services. They live beside what they may use, so that its policies can name them and whatever runs as them can be
 * replaced at any moment. Functions and containers may run as each; who may start one is decided by `iam:PassRole`.
 *
 * What runs as a role adds what it needs for itself (its log group, say) as a `ManagedPolicy` in its own stack.
 */
export class AuditLogRoles extends Construct {
  /** Appends entries and endorses shards; can neither read, nor list, nor seal. */
  public readonly ingest: IRole;

  /** Reads shards, appends to the root log and signs its checkpoints. */
  public readonly seal: IRole;

  /** Reads, for searches and proofs. */
  public readonly query: IRole;

  /** Reads, to derive the view. */
  public readonly view: IRole;

  /** Reads, locks and older versions included. */
  public readonly verification: IRole;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    this.ingest = this.make('Ingest', 'audit log: appends entries');
    this.seal = this.make('Seal', 'audit log: seals shards in the root log');
    this.query = this.make('Query', 'audit log: answers searches');
    this.view = this.make('View', 'audit log: derives the view');
    this.verification = this.make('Verification', 'audit log: verifies records and locks');
  }

  /** Without policy updates: a grant elsewhere would write into this stack, which must not depend on what can be rebuilt. */
  private make(id: string, description: string): IRole {
    const fromThisAccount = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    const role = new Role(this, id, {
      path: IAM_PATH,
      description,
      assumedBy: new CompositePrincipal(
        new ServicePrincipal('lambda.amazonaws.com'),
        new ServicePrincipal('ecs-tasks.amazonaws.com', { conditions: fromThisAccount }),
      ),
    });
    return role.withoutPolicyUpdates();
  }
}
