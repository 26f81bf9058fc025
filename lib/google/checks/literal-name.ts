import type { Resource, Terraform } from './terraform';

/** What stands between the names in a path such as `projects/acme/locations/europe-west3/keyRings/log`. */
const COLLECTIONS = new Set([
  'projects',
  'locations',
  'keyRings',
  'cryptoKeys',
  'services',
  'functions',
  'serviceAccounts',
]);

/** The names in a path, a member or an email, without what they are names of: `serviceAccount:ingest@acme.iam.gserviceaccount.com` is `ingest`. */
export function plainNameOf(text: unknown): string {
  const path = String(text).replace(/^serviceAccount:/, '');
  if (path.startsWith('${')) return path;
  const names = path.replace(/@.*$/, '').split('/');
  return names.filter((name) => !COLLECTIONS.has(name)).join('/');
}

/** How the plain name of a resource ends, if that is known now: keys are told apart by their ring, and rings by their location. */
export function literalNameOf(stack: Terraform, resource: Resource): string | undefined {
  const own = resource.text('account_id') ?? resource.text('name');
  const ring = stack.target(resource.body.key_ring);
  if (resource.type === 'google_kms_key_ring') return joined(resource.text('location'), own);
  if (resource.type !== 'google_kms_crypto_key') return own;
  return ring && joined(literalNameOf(stack, ring), own);
}

function joined(...names: (string | undefined)[]): string | undefined {
  return names.includes(undefined) ? undefined : names.join('/');
}
