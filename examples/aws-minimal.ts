// The least that a log on AWS takes: a policy, a deployment and one construct. Appends run in a function, searches in tasks on Fargate.
import { App, Stack, Validations } from 'aws-cdk-lib';
import { AuditLogChecks, ImmutableAuditLog } from 'immutable-audit-log/aws';
import {
  Access,
  AllowList,
  AuditLogPolicy,
  Authentication,
  Deployment,
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
  regions: [Region.of({ name: 'eu-central-1', jurisdiction: 'EU' })],
  traffic: Traffic.of({ writes: Routing.latency(), reads: Routing.latency() }),
});

const app = new App();
Validations.of(app).addPlugins(new AuditLogChecks());
// By the tag, an organisation's guardrails know the stack; see `OrgGuardrails`.
const stack = new Stack(app, 'AuditLog', { tags: { 'immutable-audit-log': policy.name } });
// Placeholders: `Deployment.parse` reads your own document.
new ImmutableAuditLog(stack, 'AuditLog', { policy, deployment: Deployment.example(policy) });
app.synth();
