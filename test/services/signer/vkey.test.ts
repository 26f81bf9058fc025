import { openSigner } from '../../../lib/services/signer/open';
import { vkeyOf } from '../../../lib/services/signer/vkey';
import { KmsServer } from '../../kms-server';

const NAME = 'acme/eu-central-1';

let kms: KmsServer;
beforeEach(async () => {
  kms = await KmsServer.start();
});
afterEach(() => kms.close());

it('takes a verifier key as it is, and asks nobody', async () => {
  expect(await vkeyOf('acme+01234567+AAAA', NAME)).toBe('acme+01234567+AAAA');
  expect(kms.requests).toEqual([]);
});

it('asks KMS for the public half of a key, and for nothing else', async () => {
  const url = `awskms:${kms.createKey()}?endpoint=${kms.endpoint}`;
  const { vkey } = await openSigner(url, NAME);
  expect(await vkeyOf(url, NAME)).toBe(vkey);
  expect(kms.requests.map(([action]) => action)).toEqual(['GetPublicKey', 'GetPublicKey']);
});

it('refuses what is not the ARN of a key', async () => {
  await expect(vkeyOf('awskms:arn:aws:kms:nowhere', NAME)).rejects.toMatchObject({ code: 'signing-key-invalid' });
});
