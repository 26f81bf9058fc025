import { DefaultTokenResolver, StringConcat, Tokenization } from 'cdktf';
import { ServiceIdentity, SigningKey } from '../../lib/google';
import { Period, Retention } from '../../lib/policy';
import { all, only, synthesized, UserStack } from './synthesized';

const RING = 'projects/acme-logs/locations/europe-west3/keyRings/acme-audit';

function keyStack(retention = Retention.governance(Period.days(30))) {
  const stack = new UserStack();
  const signer = new ServiceIdentity(stack, 'Seal', { service: 'seal', displayName: 'seals' });
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
  key.grantPublicKey(new ServiceIdentity(stack, 'Query', { service: 'query', displayName: 'reads' }));
  const members = all(synthesized(stack), 'google_kms_crypto_key_iam_member');
  const query = members.filter(({ member }) => /Query/.test(member));
  expect(query.map(({ role }) => role)).toEqual(['roles/cloudkms.publicKeyViewer']);
});

test('the version that signs has a name', () => {
  const { stack, key } = keyStack();
  expect(
    Tokenization.resolve(key.versionName, {
      scope: stack,
      resolver: new DefaultTokenResolver(new StringConcat()),
      preparing: false,
    }),
  ).toMatch(/^\$\{google_kms_crypto_key\..*\.id\}\/cryptoKeyVersions\/1$/);
});

test.each([
  ['kept', Retention.governance(Period.days(30)), true, 120],
  ['disposable', Retention.disposable(Period.days(1)), false, 1],
])('the key of a %s log', (_, retention, prevented, days) => {
  expect(only(synthesized(keyStack(retention).stack), 'google_kms_crypto_key')).toMatchObject({
    lifecycle: { prevent_destroy: prevented },
    destroy_scheduled_duration: `${days * 86_400}s`,
  });
});
