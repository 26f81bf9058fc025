// Into an organisation that has a bucket under a locked retention policy, and machines that run the services, already. Archives are in a
// stack of their own, which fewer hands may change.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, TerraformStack } from 'cdktf';
import {
  Archive,
  BackendGroup,
  GoogleDeployment,
  ImmutableAuditLog,
  ReadTarget,
  WormBucket,
  WriteTarget,
} from 'immutable-audit-log/google';
import { AuditLogPolicy } from 'immutable-audit-log/policy';

const document = join(process.cwd(), 'examples/policies/sec-17a-4.json');
const parsed = JSON.parse(readFileSync(document, 'utf8'));
const regions = [{ name: 'us-east1', jurisdiction: 'US' }];
const policy = AuditLogPolicy.parse(JSON.stringify({ ...parsed, regions }));
const deployment = GoogleDeployment.example(policy);

const app = new App();
const kept = new TerraformStack(app, 'archive');
new GoogleProvider(kept, 'google', { project: deployment.project });
const archives = policy.regions.map((region) => {
  const bucket = WormBucket.fromBucketName(kept, `Records ${region.name}`, `acme-worm-${region.name}`);
  return new Archive(kept, region.name, { policy, region, project: deployment.project, bucket });
});

const front = new TerraformStack(app, 'audit-log');
new GoogleProvider(front, 'google', { project: deployment.project });
const path = `projects/${deployment.project}`;
const check = `${path}/global/healthChecks/audit-log`;
const group = (role: string) =>
  BackendGroup.instances([`${path}/zones/us-east1-b/instanceGroups/audit-${role}`], check);
new ImmutableAuditLog(front, 'AuditLog', {
  policy,
  deployment,
  archives,
  writeTarget: WriteTarget.existing({ 'us-east1': group('ingest') }),
  readTarget: ReadTarget.existing({ 'us-east1': group('query') }),
});
app.synth();
