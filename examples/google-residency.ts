// Two jurisdictions: what European clients send is decrypted, checked and kept in Europe, and nowhere else even if all of Europe fails.
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { GoogleDeployment, ImmutableAuditLog, ReadTarget, WriteTarget } from 'immutable-audit-log/google';
import * as policies from 'immutable-audit-log/policy';

const access = policies.Access.of({
  allow: policies.AllowList.of(['203.0.113.0/24', '198.51.100.0/24']),
  authenticate: policies.Authentication.mutualTls(),
  rateLimit: policies.RateLimit.of({ requests: 6000, perSeconds: 60 }),
});

const residency = policies.Residency.byCountry({ EU: ['AT', 'BE', 'DE', 'FR', 'IT', 'NL'], US: ['US'] });
const atHome = policies.Routing.jurisdiction(residency);

const policy = policies.AuditLogPolicy.of({
  name: 'acme-audit',
  retention: policies.Retention.ofPresets([policies.RetentionPreset.SEC_17A_4], 'acme-audit'),
  writers: access,
  readers: access,
  regions: [
    policies.Region.of({ name: 'europe-west3', jurisdiction: 'EU' }),
    policies.Region.of({ name: 'europe-west1', jurisdiction: 'EU' }),
    policies.Region.of({ name: 'us-east1', jurisdiction: 'US' }),
  ],
  traffic: policies.Traffic.of({ writes: atHome, reads: atHome }),
});

const app = new App();
const stack = new TerraformStack(app, 'audit-log');
new GoogleProvider(stack, 'google', { project: 'example-audit' });
new ImmutableAuditLog(stack, 'AuditLog', {
  policy,
  // Placeholders, with a provider that can put firewalls on regional load balancers.
  deployment: GoogleDeployment.example(policy),
  writeTarget: WriteTarget.cloudRun({ minInstances: 3 }),
  // Searched by BigQuery, in each region its own log.
  readTarget: ReadTarget.cloudFunction(),
});
app.synth();
