// Three jurisdictions, each in an account of its own: an archive and a front in every region, copies within a jurisdiction, and one stack of names
// that leads every client to the nearest healthy region of its own jurisdiction, or nowhere. `cdk ls` reads like the policy.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AuditLogChecks, MultiRegionAuditLog, WriteTarget } from 'immutable-audit-log/aws';
import { AuditLogPolicy, Deployment, Organization } from 'immutable-audit-log/policy';

const document = join(process.cwd(), 'examples/policies/three-jurisdictions.json');
const policy = AuditLogPolicy.parse(readFileSync(document, 'utf8'));

const app = new App();
Validations.of(app).addPlugins(new AuditLogChecks());
new MultiRegionAuditLog(app, policy.name, {
  policy,
  deployment: Deployment.of({
    // Placeholders: `Deployment.parse` reads your own document, in which all of this can be as well.
    ...Deployment.example(policy),
    organization: Organization.of({
      id: 'o-a1b2c3d4e5',
      permissionsBoundary: 'platform/boundary',
      tags: { owner: 'security', 'cost-center': '4711' },
    }),
  }),
  writeTarget: WriteTarget.fargate(),
});
app.synth();
