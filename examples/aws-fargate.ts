// For any load: appends and searches run in tasks on Fargate. Those that append have no way out but private endpoints of AWS.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AuditLogChecks, AuditLogStack, FrontDoor, ReadTarget, WriteTarget } from 'immutable-audit-log/aws';
import { AuditLogPolicy, Deployment } from 'immutable-audit-log/policy';

const document = join(process.cwd(), 'examples/policies/sec-17a-4.json');
const policy = AuditLogPolicy.parse(readFileSync(document, 'utf8'));

const app = new App();
Validations.of(app).addPlugins(new AuditLogChecks());
new AuditLogStack(app, 'AuditLog', {
  policy,
  // Placeholders: `Deployment.parse` reads your own document.
  deployment: Deployment.example(policy),
  region: policy.regions[0],
  writeTarget: WriteTarget.fargate({ minTasks: 4, maxTasks: 40 }),
  readTarget: ReadTarget.fargate({ cpu: 4096, memoryMiB: 16_384 }),
  frontDoor: FrontDoor.split({ minimumCapacity: 100 }),
});
app.synth();
