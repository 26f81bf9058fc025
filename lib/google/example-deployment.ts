import { type AuditLogPolicy, AuthenticationKind } from '../policy';
import { Elsewhere } from './elsewhere';
import type { GoogleDeploymentProps } from './google-deployment';
import { isGoogleRegion } from './google-region';
import { ProviderVersion } from './provider-version';

/** Looks like a certificate, and is none. */
const EXAMPLE_AUTHORITY = `-----BEGIN CERTIFICATE-----\n${btoa('an example of a certificate')}\n-----END CERTIFICATE-----\n`;

/** Placeholders for everything that a policy needs. Nothing of it exists. */
export function exampleDeployment(policy: AuditLogPolicy): GoogleDeploymentProps {
  const { writers, readers, traffic } = policy;
  const elsewhere = exampleElsewhere(policy);
  const isResident = traffic.writes.residency !== undefined || traffic.reads.residency !== undefined;
  const authorities = (kind: AuthenticationKind) =>
    kind === AuthenticationKind.MUTUAL_TLS ? [EXAMPLE_AUTHORITY] : undefined;
  return {
    project: 'example-audit',
    domain: 'audit.example.com',
    zone: elsewhere === undefined ? 'audit-example-com' : undefined,
    image: `europe-docker.pkg.dev/example-audit/services/audit-log@sha256:${'0'.repeat(64)}`,
    writerAuthorities: authorities(writers.authenticate.kind),
    readerAuthorities: authorities(readers.authenticate.kind),
    providerVersion: isResident ? ProviderVersion.atLeast('8.5.0') : undefined,
    elsewhere,
  };
}

/** With an address for documentation (RFC 5737) from which the other cloud watches. */
function exampleElsewhere({ regions }: AuditLogPolicy): Elsewhere | undefined {
  const others = regions.map(({ name }) => name).filter((name) => !isGoogleRegion(name));
  if (others.length === 0 || others.length === regions.length) return undefined;
  return Elsewhere.of({ regions: others, watchAddress: '192.0.2.10' });
}
