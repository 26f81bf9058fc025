import { DefaultTokenResolver, StringConcat, Tokenization } from 'cdktf';
import { ServiceIdentity, SigningKey } from '../../lib/google';
import { Period, Retention } from '../../lib/policy';
import { all, only, synthesized, UserStack } from './synthesized';

const RING = 'projects/acme-logs/locations/europe-west3/keyRings/acme-audit';

function keyStack(retention = Retention.governance(Period.days(30))) {
  const stack = new UserStack();
  const signer = new ServiceIdentity(stack, 'Seal', {
    origin: 'acme-audit/europe-west3',
    service: 'seal',
    description: 'seals',
  });
  const key = new SigningKey(stack, 'LogKey', { keyId: 'log', keyRingId: RING, signer, retention });
  return { stack, key };
}

test('the key signs with Ed25519', () => {
  expect(only(synthesized(keyStack().stack), 'google_kms_crypto_key')).toMatchObject({
    name: 'log',
    key_ring: RING,
    purpose: 'ASYMMETRIC_SIGN',
    version_template: { algorithm: 'EC_SIGN_ED25519', protection_level: 'SOFTWARE' },
  });
});

test('the signer alone may sign, and see the public key', () => {
  const members = all(synthesized(keyStack().stack), 'google_kms_crypto_key_iam_member');
  expect(members.map(({ role }) => role).sort()).toEqual(['roles/cloudkms.publicKeyViewer', 'roles/cloudkms.signer']);
  expect(new Set(members.map(({ member }) => member)).size).toBe(1);
});

test('others may be let see the public key, but not sign', () => {
  const { stack, key } = keyStack();
  key.grantPublicKey(
    new ServiceIdentity(stack, 'Query', { origin: 'acme-audit/europe-west3', service: 'query', description: 'reads' }),
  );
  const members = all(synthesized(stack), 'google_kms_crypto_key_iam_member');
  const query = members.filter(({ member }) => /Query/.test(member));
  expect(query.map(({ role }) => role)).toEqual(['roles/cloudkms.publicKeyViewer']);
});

test('the version that signs is one that Terraform made, whatever its number', () => {
  const { stack, key } = keyStack();
  const [id] = Object.keys(synthesized(stack).resource.google_kms_crypto_key_version ?? {});
  const resolver = new DefaultTokenResolver(new StringConcat());
  const name = Tokenization.resolve(key.versionName, { scope: stack, resolver, preparing: false });
  expect(name).toBe(`\${google_kms_crypto_key_version.${id}.name}`);
});

test('a key has no version but that one, and a key that is taken over is not replaced for it', () => {
  const json = synthesized(keyStack().stack);
  expect(only(json, 'google_kms_crypto_key')).toMatchObject({
    skip_initial_version_creation: true,
    lifecycle: { ignore_changes: ['skip_initial_version_creation'] },
  });
  const { crypto_key: key } = only(json, 'google_kms_crypto_key_version');
  expect(key).toMatch(/^\$\{google_kms_crypto_key\..*\.id\}$/);
});

test.each([
  ['kept', Retention.governance(Period.days(30)), true, 120],
  ['disposable', Retention.disposable(Period.days(1)), false, 1],
])('the key of a %s log', (_, retention, prevented, days) => {
  const json = synthesized(keyStack(retention).stack);
  expect(only(json, 'google_kms_crypto_key')).toMatchObject({
    lifecycle: { prevent_destroy: prevented },
    destroy_scheduled_duration: `${days * 86_400}s`,
  });
  expect(only(json, 'google_kms_crypto_key_version').lifecycle).toEqual({ prevent_destroy: prevented });
});
