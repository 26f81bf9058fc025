import { Aspects, CfnResource, type IAspect, Stack, Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Deployment } from '../policy';

/** Does for everything below a scope what the deployment's organization asks for: tags, and a permissions boundary for every role. */
export function applyOrganization(scope: IConstruct, { organization }: Deployment): void {
  for (const [key, value] of Object.entries(organization?.tags ?? {})) Tags.of(scope).add(key, value);
  const boundary = organization?.permissionsBoundary;
  if (boundary !== undefined) Aspects.of(scope).add(new RoleBoundary(boundary));
}

/** The boundary is a managed policy of one name in every account: each role has that of its own. */
class RoleBoundary implements IAspect {
  public constructor(private readonly policyName: string) {}

  public visit(node: IConstruct): void {
    if (!CfnResource.isCfnResource(node) || node.cfnResourceType !== 'AWS::IAM::Role') return;
    const name = { service: 'iam', region: '', resource: 'policy', resourceName: this.policyName };
    node.addPropertyOverride('PermissionsBoundary', Stack.of(node).formatArn(name));
  }
}
