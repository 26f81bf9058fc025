// For the management account: an organisation's guardrails around its audit logs, and the archives of all regions of a policy as StackSets. Fronts
// and names are deployed onto them from multi-region.ts, of the same policy: `cdk deploy 'acme-audit/*/front' acme-audit/global --exclusively`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnStackSet, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ArchiveTemplate, OrgConfigRules, OrgGuardrails } from 'immutable-audit-log/aws';
import { AuditLogPolicy, Deployment, RetentionMode } from 'immutable-audit-log/policy';

const document = join(process.cwd(), 'examples/policies/three-jurisdictions.json');
const policy = AuditLogPolicy.parse(readFileSync(document, 'utf8'));
// Placeholders: `Deployment.parse` reads your own document.
const deployment = Deployment.example(policy);
const units = ['ou-ab12-11111111'];

const app = new App();
const stack = new Stack(app, 'Organisation', { terminationProtection: true });
new OrgGuardrails(stack, 'Guardrails', {
  organizationId: 'o-a1b2c3d4e5',
  targetIds: units,
  breakGlassRoleArns: deployment.regions.map((region) => region.breakGlassRoleArn ?? deployment.breakGlassRoleArn),
});
new OrgConfigRules(stack, 'ConfigRules', { lockMode: RetentionMode.COMPLIANCE });

const makeStackSet = (part: string, { body, regions }: ArchiveTemplate) => {
  const stackSet = new CfnStackSet(stack, part, {
    stackSetName: `${policy.name}-${part}`,
    permissionModel: 'SERVICE_MANAGED', // In a delegated administrator's account, also `callAs: 'DELEGATED_ADMIN'`.
    autoDeployment: { enabled: false },
    capabilities: ['CAPABILITY_NAMED_IAM'],
    tags: [{ key: 'immutable-audit-log', value: policy.name }],
    templateBody: body,
    stackInstancesGroup: regions.map(({ name }) => ({
      regions: [name],
      deploymentTargets: {
        organizationalUnitIds: units,
        accountFilterType: 'INTERSECTION',
        accounts: [deployment.regionNamed(name).account],
      },
    })),
  });
  // With a set or an instance of it, CloudFormation deletes the archives. OPERATIONS.md says how a region is taken out.
  stackSet.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return stackSet;
};

// S3 wants a bucket to be there before it replicates into it.
const replicas = makeStackSet('replicas', ArchiveTemplate.replicas(policy, deployment));
makeStackSet('archive', ArchiveTemplate.archives(policy, deployment)).addResourceDependency(replicas);
app.synth();
