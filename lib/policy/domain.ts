import type { Place } from './place';

const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;

/** Reads a DNS name of at least two labels in lower case (RFC 1123 section 2.1). */
export function parseDomain(given: unknown, at: Place): string | undefined {
  return at.text(given, DOMAIN, 'domain-malformed', 'a DNS name in lower case, such as audit.example.com');
}
