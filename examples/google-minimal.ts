// The least that a log on Google Cloud takes: a policy, a deployment and one construct. Appends and the sealer run in functions that Google
// builds from this package, searches in containers.
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { GoogleDeployment, ImmutableAuditLog } from 'immutable-audit-log/google';
import {
  Access,
  AllowList,
  AuditLogPolicy,
  Authentication,
  Period,
  RateLimit,
  Region,
  Retention,
  Routing,
  Traffic,
} from 'immutable-audit-log/policy';

const access = Access.of({
  allow: AllowList.of(['203.0.113.0/24']),
  authenticate: Authentication.mutualTls(),
  rateLimit: RateLimit.of({ requests: 600, perSeconds: 60 }),
});

const policy = AuditLogPolicy.of({
  name: 'acme-audit',
  retention: Retention.compliance(Period.years(7), 'acme-audit'),
  writers: access,
  readers: access,
  regions: [Region.of({ name: 'europe-west3', jurisdiction: 'EU' })],
  traffic: Traffic.of({ writes: Routing.latency(), reads: Routing.latency() }),
});

const app = new App();
const stack = new TerraformStack(app, 'audit-log');
new GoogleProvider(stack, 'google', { project: 'example-audit' });
// Placeholders: `GoogleDeployment.parse` reads your own document.
new ImmutableAuditLog(stack, 'AuditLog', { policy, deployment: GoogleDeployment.example(policy) });
app.synth();
