import { KmsSigner } from '../../../lib/services/signer/aws-kms';
import { openSigner } from '../../../lib/services/signer/open';
import { signerConformance } from '../../conformance/signer';
import { KmsServer } from '../../kms-server';

const NAME = 'acme/eu-central-1';

let kms: KmsServer;
let arn: string;

beforeEach(async () => {
  kms = await KmsServer.start();
  arn = kms.createKey();
});
afterEach(() => kms.close());

const open = (keyArn = arn) => KmsSigner.open(keyArn, NAME, { endpoint: kms.endpoint });

signerConformance('the KMS signer', NAME, () => open());
signerConformance('the KMS signer of a URL', NAME, () => openSigner(`awskms:${arn}?endpoint=${kms.endpoint}`, NAME));

it('asks for raw Ed25519 signatures, and nothing else after the public key', async () => {
  const signer = await open();
  await signer.sign(Buffer.from('a note'));
  expect(kms.requests).toEqual([
    ['GetPublicKey', { KeyId: arn }],
    [
      'Sign',
      {
        KeyId: arn,
        Message: Buffer.from('a note').toString('base64'),
        MessageType: 'RAW',
        SigningAlgorithm: 'ED25519_SHA_512',
      },
    ],
  ]);
});

it('refuses 4,097 bytes without asking', async () => {
  const signer = await open();
  await expect(signer.sign(Buffer.alloc(4097))).rejects.toMatchObject({ code: 'message-too-large' });
  expect(kms.requests).toHaveLength(1);
});

it('asks again when KMS fails for a moment', async () => {
  const signer = await open();
  kms.fail('KMSInternalException');
  expect(await signer.sign(Buffer.from('a note'))).toHaveLength(64);
});

it.each(['DisabledException', 'AccessDeniedException', 'KMSInvalidStateException'])('throws %s', async (name) => {
  const signer = await open();
  kms.fail(...Array.from({ length: 3 }, () => name));
  await expect(signer.sign(Buffer.from('a note'))).rejects.toMatchObject({ name });
});

it('throws when the key is not there', async () => {
  const absent = 'arn:aws:kms:eu-central-1:111122223333:key/absent';
  await expect(open(absent)).rejects.toMatchObject({ name: 'NotFoundException' });
});

it('refuses a key on another curve', async () => {
  await expect(open(kms.createKey('ec'))).rejects.toMatchObject({ code: 'signing-key-invalid' });
});

it.each([
  'alias/audit',
  'arn:aws:kms:eu-central-1:111122223333:alias/audit',
  'arn:aws:s3:::bucket',
  '00000000-0000-4000-8000-000000000000',
])('refuses %s, which names no key for good', async (given) => {
  await expect(open(given)).rejects.toMatchObject({ code: 'signing-key-invalid' });
});

it.each(['awskms:', 'awskms:alias/x', `awskms:arn:x?endpoint=http://kms.example.com:80`])(
  'the URL %s is refused',
  async (url) => {
    await expect(openSigner(url, NAME)).rejects.toMatchObject({ code: 'setting-invalid' });
  },
);
