import { type CfnElement, CfnResource, Stack } from 'aws-cdk-lib';
import type { IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { Archive } from '../archive';
import { EdgeFirewall } from '../edge-firewall';
import { ExternalLoadBalancer } from '../external-load-balancer';
import { GlobalRouting } from '../global-routing';
import type { PlannedName } from '../record-plan';
import { ReplicaBucket } from '../replica-bucket';
import type { SigningKey } from '../signing-key';
import { WormBucket } from '../worm-bucket';
import type { ArchiveSubject } from './archive-subject';
import type { EdgeSubject, FirewallSubject } from './edge-subject';
import { Resource } from './resource';
import type { RoutingSubject } from './routing-subject';
import type { KeyOfRole, StoreSubject } from './store-subject';
import type { Templates } from './templates';

/** Finds what has to be checked in a tree of constructs, and in the templates what became of it. */
export class Subjects {
  public constructor(
    private readonly tree: IConstruct,
    private readonly templates: Templates,
    /** Path of a stack's construct to the path of its template. */
    private readonly templatePaths: ReadonlyMap<string, string>,
  ) {}

  public archives(): ArchiveSubject[] {
    return this.found((each) => each instanceof Archive).map((archive) => {
      const { policy, prefix, bucket, roles, logKey, admissionKey } = archive;
      return {
        ...this.stackOf(archive),
        policy,
        prefix,
        destinations: this.destinations(archive),
        bucket:
          bucket instanceof WormBucket && this.isHere(bucket)
            ? { resource: this.resourceOf(bucket.bucket), denials: this.render(bucket, bucket._denials) }
            : undefined,
        keys: [this.key(logKey, roles.seal), this.key(admissionKey, roles.ingest)],
        ingest: this.role(roles.ingest),
        roles: [roles.ingest, roles.seal, roles.query, roles.view, roles.verification].map((role) => this.role(role)),
      };
    });
  }

  public replicas(): StoreSubject[] {
    return this.found((each) => each instanceof ReplicaBucket).map((replicas) => {
      const { policy, bucket, _denials } = replicas;
      const denials = this.render(replicas, _denials);
      return { ...this.stackOf(replicas), policy, keys: [], bucket: { resource: this.resourceOf(bucket), denials } };
    });
  }

  public edges(): EdgeSubject[] {
    const firewalls = this.firewalls();
    return this.found((each) => each instanceof ExternalLoadBalancer).map(({ access, retention, loadBalancer }) => ({
      templates: this.templates,
      access,
      retention,
      loadBalancer: this.resourceOf(loadBalancer),
      firewalls,
    }));
  }

  public names(): RoutingSubject[] {
    return this.found((each) => each instanceof GlobalRouting).flatMap(({ _residentNames }) =>
      _residentNames.map((names) => {
        const [publicName, ...others] = [...names].reverse() as [PlannedName, ...PlannedName[]];
        return { templates: this.templates, publicName, others };
      }),
    );
  }

  private stackOf(construct: IConstruct): Pick<StoreSubject, 'templates' | 'isProtected' | 'stack'> {
    const stack = Stack.of(construct);
    return {
      templates: this.templates,
      isProtected: stack.terminationProtection,
      stack: new Resource(this.templatePath(stack), stack.stackName, {}),
    };
  }

  private destinations(archive: Archive): unknown[] {
    const stack = Stack.of(archive);
    const names = archive.replication?.destinations.map(({ bucketName }) => bucketName) ?? [];
    return names.map((name) => stack.resolve(`arn:${stack.partition}:s3:::${name}`));
  }

  private firewalls(): FirewallSubject[] {
    return this.found((each) => each instanceof EdgeFirewall).map((firewall) => ({
      webAcl: this.resourceOf(firewall.node.findChild('WebAcl')),
      rules: firewall._rules().map(({ name, rule }) => ({ name, rule: Stack.of(firewall).resolve(rule) })),
    }));
  }

  private key({ key, _denials }: SigningKey, signer: IRole): KeyOfRole {
    return { resource: this.resourceOf(key), signer: this.role(signer), denials: this.render(key, _denials) };
  }

  private render(scope: IConstruct, statements: readonly PolicyStatement[]): unknown[] {
    return statements.map((statement) => Stack.of(scope).resolve(statement.toStatementJson()));
  }

  /** A role that is handed out without policy updates has the resource only in the end. */
  private role(role: IRole): Resource {
    const stack = Stack.of(role);
    const { Ref } = stack.resolve(role.roleName) as { Ref: string };
    return this.templates.named(this.templatePath(stack), Ref);
  }

  private resourceOf(construct: IConstruct): Resource {
    const resource = CfnResource.isCfnResource(construct) ? construct : (construct.node.defaultChild as CfnElement);
    const stack = Stack.of(construct);
    return this.templates.named(this.templatePath(stack), stack.resolve(resource.logicalId));
  }

  private templatePath(stack: Stack): string {
    return this.templatePaths.get(stack.node.path) ?? '';
  }

  private isHere(construct: IConstruct): boolean {
    return this.templatePaths.has(Stack.of(construct).node.path);
  }

  /** Only of stacks that are synthesized here: a plugin of one stage sees the tree of the whole app. */
  private found<T extends IConstruct>(isOne: (construct: IConstruct) => construct is T): T[] {
    return this.tree.node.findAll().filter((construct) => isOne(construct) && this.isHere(construct)) as T[];
  }
}
