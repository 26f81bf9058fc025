import { crc32c } from '../../../lib/services/crc32c';
import { GoogleKmsSigner } from '../../../lib/services/signer/google-kms';
import { openSigner } from '../../../lib/services/signer/open';
import { vkeyOf } from '../../../lib/services/signer/vkey';
import { signerConformance } from '../../conformance/signer';
import { GoogleKmsServer } from '../../google-kms-server';

const NAME = 'acme/europe-west3';
const NOTE = Buffer.from('a note');

let kms: GoogleKmsServer;
let version: string;

beforeEach(async () => {
  kms = await GoogleKmsServer.start();
  version = kms.createKey();
});
afterEach(() => kms.close());

const open = (keyVersion = version) => GoogleKmsSigner.open(keyVersion, NAME, { endpoint: kms.endpoint });
const url = () => `gcpkms:${version}?endpoint=${kms.endpoint}`;

signerConformance('the Cloud KMS signer', NAME, () => open());
signerConformance('the Cloud KMS signer of a URL', NAME, () => openSigner(url(), NAME));

it('asks for signatures over the data with their checksum, and nothing else after the public key', async () => {
  const signer = await open();
  await signer.sign(NOTE);
  expect(kms.requests).toEqual([
    [`GET /v1/${version}/publicKey`, undefined],
    [`POST /v1/${version}:asymmetricSign`, { data: NOTE.toString('base64'), dataCrc32c: String(crc32c(NOTE)) }],
  ]);
});

it('signs 65,536 bytes', async () => {
  expect(await (await open()).sign(Buffer.alloc(65_536))).toHaveLength(64);
});

it('refuses 65,537 bytes without asking', async () => {
  const signer = await open();
  await expect(signer.sign(Buffer.alloc(65_537))).rejects.toMatchObject({ code: 'message-too-large' });
  expect(kms.requests).toHaveLength(1);
});

it.each([429, 500, 503])('asks again when Google says %i', async (status) => {
  const signer = await open();
  kms.fail(status);
  expect(await signer.sign(NOTE)).toHaveLength(64);
});

it.each([400, 403, 404])('throws at once when Google says %i', async (status) => {
  const signer = await open();
  kms.fail(status);
  await expect(signer.sign(NOTE)).rejects.toMatchObject({ status });
  expect(kms.requests).toHaveLength(2);
});

it.each([
  ['the signature', { signature: Buffer.alloc(64).toString('base64') }],
  ['its checksum', { signatureCrc32c: '1' }],
  ['the version that signed', { name: 'projects/other' }],
  ['the word that the data were checked', { verifiedDataCrc32c: false }],
  ['an absent signature', { signature: undefined }],
  ['an absent checksum', { signatureCrc32c: undefined }],
])('throws when something changed %s on the way', async (_, fault) => {
  const signer = await open();
  kms.fail(fault);
  await expect(signer.sign(NOTE)).rejects.toThrow('damaged');
});

it.each([
  ['the public key', { pem: 'other' }],
  ['its checksum', { pemCrc32c: '1' }],
  ['its name', { name: 'projects/other' }],
])('does not open a key when something changed %s on the way', async (_, fault) => {
  kms.fail(fault);
  await expect(open()).rejects.toThrow('damaged');
});

it('throws when the key is not there', async () => {
  await expect(open(`${version}0`)).rejects.toMatchObject({ status: 404 });
});

it('refuses a key on another curve', async () => {
  await expect(open(kms.createKey('ec'))).rejects.toMatchObject({ code: 'signing-key-invalid' });
});

it.each([
  'projects/p/locations/l/keyRings/r/cryptoKeys/k',
  'projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/0',
  'projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/latest',
  'projects/p/../l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1',
  'projects/../locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1',
  'projects/p/locations/l/keyRings/r/cryptoKeys/k#/cryptoKeyVersions/1',
])('refuses %s, which names no version of a key', async (given) => {
  await expect(open(given)).rejects.toMatchObject({ code: 'signing-key-invalid' });
});

it.each(['gcpkms:', 'gcpkms:keys/1', 'gcpkms:projects/x?endpoint=http://kms.example.com:80'])(
  'the URL %s is refused',
  async (given) => {
    await expect(openSigner(given, NAME)).rejects.toMatchObject({ code: 'setting-invalid' });
  },
);

it('tells the public half where a setting names the key', async () => {
  expect(await vkeyOf(url(), NAME)).toBe((await open()).vkey);
});
