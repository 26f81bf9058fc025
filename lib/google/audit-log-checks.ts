import { TerraformElement, type TerraformResource, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { backendChecks } from './checks/backend-checks';
import { bucketChecks } from './checks/bucket-checks';
import { dnsChecks } from './checks/dns-checks';
import { firewallChecks } from './checks/firewall-checks';
import { ingressChecks } from './checks/ingress-checks';
import { logBackendChecks } from './checks/log-backend-checks';
import { logBucketChecks } from './checks/log-bucket-checks';
import { logGrantChecks } from './checks/log-grant-checks';
import { logIdentityChecks } from './checks/log-identity-checks';
import { logKeepingChecks } from './checks/log-keeping-checks';
import { logKeyChecks } from './checks/log-key-checks';
import { logRouteChecks } from './checks/log-route-checks';
import { logScheduleChecks } from './checks/log-schedule-checks';
import { namingChecks } from './checks/naming-checks';
import { Original } from './checks/original';
import { providerChecks } from './checks/provider-checks';
import { routeChecks } from './checks/route-checks';
import { serviceChecks } from './checks/service-checks';
import { tableChecks } from './checks/table-checks';
import { bodyOf, Terraform } from './checks/terraform';
import { tlsChecks } from './checks/tls-checks';

const CHECKS = [
  namingChecks,
  providerChecks,
  bucketChecks,
  firewallChecks,
  backendChecks,
  logBackendChecks,
  routeChecks,
  logRouteChecks,
  tlsChecks,
  dnsChecks,
  serviceChecks,
  ingressChecks,
  tableChecks,
  logBucketChecks,
  logKeyChecks,
  logKeepingChecks,
  logGrantChecks,
  logIdentityChecks,
  logScheduleChecks,
];

const ID = 'AuditLogChecks';

/**
 * Holds a stack to what Google takes and what keeps the log whole. Terraform's bindings check no values, so what is wrong would otherwise
 * be found at deployment, or never. It looks at what is synthesized, after every escape hatch has had its say.
 *
 * Every resource of the stack is held to what Google takes. What a log needs besides, such as a firewall that refuses in the end, is asked only of the
 * constructs of this library and what is below them: a public site beside a log may be public. What an archive promised of its bucket, keys, grants and
 * sealer is held against what its constructs made, so that no other bucket, key or grant is judged.
 *
 * Constructs of this library add one to their stack; a stack without may add its own.
 */
export class AuditLogChecks extends Construct {
  /**
   * Makes sure that a construct's stack is checked, once.
   *
   * @param scope in the stack
   */
  public static ensure(scope: Construct): void {
    AuditLogChecks.of(scope);
  }

  /**
   * Makes sure that a construct's stack is checked, and holds the construct and all below it to what a log needs.
   *
   * @internal
   */
  public static _hold(construct: Construct): void {
    AuditLogChecks.of(construct).held.push(construct.node.path);
  }

  /**
   * Makes sure that a resource stays as a construct has just made it, in all that a log depends on.
   *
   * @internal
   */
  public static _promise<Made extends TerraformResource>(resource: Made): Made {
    AuditLogChecks.of(resource).promises.push(new Original(resource));
    return resource;
  }

  private static of(scope: Construct): AuditLogChecks {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(ID) as AuditLogChecks | undefined) ?? new AuditLogChecks(stack, ID);
  }

  /** Paths of what is part of a log. */
  private readonly held: string[] = [];

  private readonly promises: Original[] = [];

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    this.node.addValidation({
      validate: () => {
        const terraform = this.terraform(new Map(this.linked()));
        return CHECKS.flatMap((check) => check(terraform)).map(({ message }) => message);
      },
    });
  }

  /** Other checked stacks of the app that this one refers to, by the id under which CDKTF reads their state. */
  private linked(): [string, Terraform][] {
    const stack = TerraformStack.of(this);
    const others = this.node.root.node.findAll().filter((each) => each instanceof AuditLogChecks);
    return others.flatMap((other): [string, Terraform][] => {
      const source = stack.node.tryFindChild(`cross-stack-reference-input-${TerraformStack.of(other).node.path}`);
      return TerraformElement.isTerraformElement(source) ? [[source.friendlyUniqueId, other.terraform(new Map())]] : [];
    });
  }

  private terraform(linked: ReadonlyMap<string, Terraform>): Terraform {
    const json = bodyOf(TerraformStack.of(this).toTerraform());
    return new Terraform(json, { logs: this.held, promises: this.promises, linked });
  }
}
