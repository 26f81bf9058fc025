// Writers show a client certificate, readers a token of an identity provider: each path checks in its own way, at its own load balancer.
import { App, Stack, Validations } from 'aws-cdk-lib';
import { AuditLogChecks, ImmutableAuditLog, WriteTarget } from 'immutable-audit-log/aws';
import * as policies from 'immutable-audit-log/policy';

const region = policies.Region.of({ name: 'eu-central-1', jurisdiction: 'EU' });

const policy = policies.AuditLogPolicy.of({
  name: 'acme-audit',
  retention: policies.Retention.ofPresets([policies.RetentionPreset.SEC_17A_4], 'acme-audit'),
  writers: policies.Access.of({
    allow: policies.AllowList.of(['203.0.113.0/24']),
    authenticate: policies.Authentication.mutualTls(),
    rateLimit: policies.RateLimit.of({ requests: 60_000, perSeconds: 60 }),
  }),
  readers: policies.Access.of({
    allow: policies.AllowList.of(['198.51.100.0/24']),
    authenticate: policies.Authentication.jwt({
      issuer: 'https://idp.example.com',
      jwksUrl: 'https://idp.example.com/.well-known/jwks.json',
      audience: 'acme-audit',
    }),
    rateLimit: policies.RateLimit.of({ requests: 600, perSeconds: 60 }),
  }),
  regions: [region],
  traffic: policies.Traffic.of({ writes: policies.Routing.latency(), reads: policies.Routing.latency() }),
});

// Who may issue certificates, and which were revoked: objects in a bucket of yours, by their version.
const trust = policies.TrustedAuthorities.of({
  certificates: policies.StoredObject.of({ bucket: 'acme-trust', key: 'writers/ca.pem', version: 'v1' }),
  revocations: policies.StoredObject.of({ bucket: 'acme-trust', key: 'writers/crl.pem', version: 'v1' }),
});

const deployment = policies.Deployment.of({
  domain: 'audit.example.com',
  zone: policies.DnsZone.of({ id: 'Z0123456789EXAMPLE', name: 'example.com' }),
  breakGlassRoleArn: 'arn:aws:iam::111122223333:role/audit-log-break-glass',
  image: policies.ServiceImage.of({ repository: 'audit-log', digest: `sha256:${'0'.repeat(64)}` }),
  regions: [
    policies.RegionDeployment.of({
      name: region.name,
      account: '111122223333',
      ingest: policies.PathDeployment.of({ trust }),
      query: policies.PathDeployment.of({}),
    }),
  ],
});

const app = new App();
Validations.of(app).addPlugins(new AuditLogChecks());
const stack = new Stack(app, 'AuditLog');
new ImmutableAuditLog(stack, 'AuditLog', { policy, deployment, writeTarget: WriteTarget.fargate() });
app.synth();
