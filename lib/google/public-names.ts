/** The name that writers use. */
export function ingestDomain(domain: string): string {
  return `ingest.${domain}`;
}

/** The name that readers use. */
export function queryDomain(domain: string): string {
  return `query.${domain}`;
}
