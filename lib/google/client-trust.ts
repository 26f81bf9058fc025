import { CertificateManagerTrustConfig } from '@cdktf/provider-google/lib/certificate-manager-trust-config';
import { NetworkSecurityServerTlsPolicy } from '@cdktf/provider-google/lib/network-security-server-tls-policy';
import { Construct } from 'constructs';
import { type Authentication, AuthenticationKind } from '../policy';
import { AuditLogError } from '../policy/errors';

interface ClientTrustProps {
  readonly name: string;
  /** `global`, or the region of a regional load balancer. */
  readonly location: string;
  readonly authorities: readonly string[];
}

/** Lets in only clients with a certificate of these authorities. */
export class ClientTrust extends Construct {
  public readonly tlsPolicyId: string;

  public constructor(scope: Construct, id: string, { name, location, authorities }: ClientTrustProps) {
    super(scope, id);
    const trustAnchors = authorities.map((pemCertificate) => ({ pemCertificate }));
    const trust = new CertificateManagerTrustConfig(this, 'Trust', {
      name,
      location,
      trustStores: [{ trustAnchors }],
      lifecycle: { createBeforeDestroy: true },
    });
    const policy = new NetworkSecurityServerTlsPolicy(this, 'Policy', {
      name,
      location,
      allowOpen: false,
      mtlsPolicy: { clientValidationMode: 'REJECT_INVALID', clientValidationTrustConfig: trust.id },
      // A proxy uses it, so it cannot be replaced otherwise.
      lifecycle: { createBeforeDestroy: true },
    });
    this.tlsPolicyId = policy.id;
  }
}

/**
 * The policy that makes clients prove themselves in the TLS handshake, if that is how they do it.
 *
 * @throws access-open, client-authorities-missing
 */
export function clientTrust(
  scope: Construct,
  authenticate: Authentication,
  trust: { name: string; location: string; authorities: readonly string[] | undefined },
): string | undefined {
  if (authenticate.kind === AuthenticationKind.JWT) return undefined;
  if (authenticate.kind === AuthenticationKind.NONE) {
    throw new AuditLogError('access-open', {
      problem: 'clients do not have to prove who they are',
      allowed: 'mutualTls, jwt',
      fix: 'choose one of those; none is for one machine',
    });
  }
  const { authorities } = trust;
  if (authorities !== undefined && authorities.length > 0) {
    return new ClientTrust(scope, 'Clients', { ...trust, authorities }).tlsPolicyId;
  }
  throw new AuditLogError('client-authorities-missing', {
    problem: 'clients prove who they are by a certificate, and nothing says who may issue it',
    fix: "give the certificates of your clients' authorities in PEM",
  });
}
