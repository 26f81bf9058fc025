import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { bucketChecks } from './checks/bucket-checks';
import { edgeChecks } from './checks/edge-checks';
import { firewallChecks } from './checks/firewall-checks';
import { namingChecks } from './checks/naming-checks';
import { serviceChecks } from './checks/service-checks';
import { tableChecks } from './checks/table-checks';
import { bodyOf, Terraform } from './checks/terraform';

const CHECKS = [namingChecks, bucketChecks, firewallChecks, edgeChecks, serviceChecks, tableChecks];

const ID = 'AuditLogChecks';

/**
 * Holds a stack to what Google takes and what keeps the log whole. Terraform's bindings check no values, so what is wrong would otherwise
 * be found at deployment, or never. It looks at what is synthesized, after every escape hatch has had its say.
 *
 * `ImmutableAuditLog` adds one to its stack; a stack without may add its own.
 */
export class AuditLogChecks extends Construct {
  /**
   * Makes sure that a construct's stack is checked, once.
   *
   * @param scope in the stack
   */
  public static ensure(scope: Construct): void {
    const stack = TerraformStack.of(scope);
    if (stack.node.tryFindChild(ID) === undefined) new AuditLogChecks(stack, ID);
  }

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    this.node.addValidation({
      validate: () => {
        const terraform = new Terraform(bodyOf(stack.toTerraform()));
        return CHECKS.flatMap((check) => check(terraform)).map(({ message }) => message);
      },
    });
  }
}
