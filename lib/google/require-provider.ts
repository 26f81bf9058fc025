import type { IConstruct } from 'constructs';
import { AuditLogError } from '../policy/errors';
import type { ProviderVersion } from './provider-version';

/**
 * Makes sure that the provider has a feature.
 *
 * @param what needs it, for the error
 * @throws provider-too-old
 */
export function requireProvider(scope: IConstruct, version: ProviderVersion | undefined, what: string): void {
  version?._require(scope);
  if (version !== undefined) return;
  throw new AuditLogError('provider-too-old', {
    problem: `${what} is not in version 6.50.0 of the Google provider, which the bindings ask for`,
    fix: "set providerVersion to ProviderVersion.atLeast('8.5.0')",
  });
}
