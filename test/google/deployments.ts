import { BackendGroup, GoogleDeployment, type GoogleDeploymentProps, type RegionTarget } from '../../lib/google';
import type { AuditLogPolicy } from '../../lib/policy';

/** In the form of a certificate, which is all that synthesis looks at. */
export const AUTHORITY = `-----BEGIN CERTIFICATE-----\n${btoa('an authority of these tests')}\n-----END CERTIFICATE-----\n`;

export const IMAGE = `europe-docker.pkg.dev/acme-logs/services/audit-log@sha256:${'0a'.repeat(32)}`;

export const deploymentProps: GoogleDeploymentProps = {
  project: 'acme-logs',
  domain: 'audit.example.com',
  zone: 'audit-example-com',
  image: IMAGE,
  writerAuthorities: [AUTHORITY],
  readerAuthorities: [AUTHORITY],
};

export function deployment(changes: Partial<GoogleDeploymentProps> = {}): GoogleDeployment {
  return GoogleDeployment.of({ ...deploymentProps, ...changes });
}

/** A serverless group a region, called `<what>-<region>`. */
export function targets(policy: AuditLogPolicy, what: string): RegionTarget[] {
  return policy.regions.map((region) => ({ region, group: BackendGroup.serverless(`${what}-${region.name}`) }));
}
