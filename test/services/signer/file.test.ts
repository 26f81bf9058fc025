import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { FileSigner } from '../../../lib/services/signer/file';
import { signerConformance } from '../../conformance/signer';

const NAME = 'acme/local';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signer-'));
  path = join(folder, 'log.pem');
});
afterEach(() => rm(folder, { recursive: true }));

signerConformance('a new file signer', NAME, () => FileSigner.create(path, NAME));
signerConformance('a file signer opened again', NAME, async () => {
  await FileSigner.create(path, NAME);
  return FileSigner.open(path, NAME);
});

describe('create', () => {
  it('makes a file that only its owner may read and write', async () => {
    await FileSigner.create(path, NAME);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('makes the missing folder, closed to others', async () => {
    await FileSigner.create(join(folder, 'keys', 'log.pem'), NAME);
    expect((await stat(join(folder, 'keys'))).mode & 0o777).toBe(0o700);
  });

  it('leaves nothing else in the folder', async () => {
    await FileSigner.create(path, NAME);
    expect(await readdir(folder)).toEqual(['log.pem']);
  });

  it('makes another key each time', async () => {
    const one = await FileSigner.create(path, NAME);
    const two = await FileSigner.create(join(folder, 'other.pem'), NAME);
    expect(one.vkey).not.toBe(two.vkey);
  });

  it('refuses to replace a file', async () => {
    await FileSigner.create(path, NAME);
    const before = await readFile(path);
    await expect(FileSigner.create(path, NAME)).rejects.toMatchObject({ code: 'signing-key-exists' });
    expect(await readFile(path)).toEqual(before);
    expect(await readdir(folder)).toEqual(['log.pem']);
  });

  it('lets exactly one of 10 racing calls make the key', async () => {
    const calls = Array.from({ length: 10 }, () => FileSigner.create(path, NAME));
    const made = (await Promise.allSettled(calls)).filter(({ status }) => status === 'fulfilled');
    expect(made).toHaveLength(1);
    expect(made[0]).toMatchObject({ value: { vkey: (await FileSigner.open(path, NAME)).vkey } });
  });

  it.each(['', 'a b', 'a+b', 'a\nb'])('refuses the name %j and makes no file', async (name) => {
    await expect(FileSigner.create(path, name)).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('open', () => {
  it('has the key that was made', async () => {
    const made = await FileSigner.create(path, NAME);
    expect((await FileSigner.open(path, NAME)).vkey).toBe(made.vkey);
  });

  // RFC 8032 section 7.1, test 2.
  it('signs as RFC 8032 says', async () => {
    const seed = Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex');
    await writeKey(seed);
    const signer = await FileSigner.open(path, 'example.com/foo');
    expect(Buffer.from(await signer.sign(Buffer.from([0x72]))).toString('hex')).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
    const publicKey = Buffer.from('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', 'hex');
    expect(signer.vkey.split('+').slice(2).join('+')).toBe(
      Buffer.concat([Buffer.from([1]), publicKey]).toString('base64'),
    );
  });

  it.each([0o400, 0o600, 0o700])('reads a file of mode %o', async (mode) => {
    await FileSigner.create(path, NAME);
    await chmod(path, mode);
    await expect(FileSigner.open(path, NAME)).resolves.toBeInstanceOf(FileSigner);
  });

  it.each([0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644, 0o444])('refuses a file of mode %o', async (mode) => {
    await FileSigner.create(path, NAME);
    await chmod(path, mode);
    await expect(FileSigner.open(path, NAME)).rejects.toMatchObject({ code: 'signing-key-exposed' });
  });

  it('judges the file behind a link, as mounted secrets are', async () => {
    await FileSigner.create(path, NAME);
    await symlink(path, join(folder, 'link.pem'));
    await expect(FileSigner.open(join(folder, 'link.pem'), NAME)).resolves.toBeInstanceOf(FileSigner);
    await chmod(path, 0o644);
    await expect(FileSigner.open(join(folder, 'link.pem'), NAME)).rejects.toMatchObject({
      code: 'signing-key-exposed',
    });
  });

  it('refuses a missing file', async () => {
    await expect(FileSigner.open(path, NAME)).rejects.toMatchObject({ code: 'signing-key-missing' });
  });

  it.each([
    ['is empty', ''],
    ['is no PEM', 'secret words'],
    ['is broken', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
    ['has another kind of key', pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
    ['has a key of X25519', pem(generateKeyPairSync('x25519').privateKey)],
    ['is too large', `${pem(generateKeyPairSync('ed25519').privateKey)}${' '.repeat(16 * 1024)}`],
  ])('refuses a file that %s', async (_, text) => {
    await writeFile(path, text, { mode: 0o600 });
    await expect(FileSigner.open(path, NAME)).rejects.toMatchObject({ code: 'signing-key-invalid' });
  });

  it('says nothing of what is in a file that it refuses', async () => {
    await writeFile(path, 'secret words', { mode: 0o600 });
    await expect(FileSigner.open(path, NAME)).rejects.not.toThrow(/secret words/);
  });

  it('refuses a folder', async () => {
    await chmod(folder, 0o700);
    await expect(FileSigner.open(folder, NAME)).rejects.toMatchObject({ code: 'signing-key-invalid' });
  });

  it('shows no private key when it is printed', async () => {
    const signer = await FileSigner.create(path, NAME);
    const secret = (await readFile(path, 'utf8')).split('\n')[1]?.slice(-20) as string;
    expect(secret).toHaveLength(20);
    expect(inspect(signer, { depth: 10, showHidden: true })).not.toContain(secret);
    expect(JSON.parse(JSON.stringify(signer))).toEqual({ vkey: signer.vkey });
  });
});

async function writeKey(seed: Buffer): Promise<void> {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const text = `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`;
  await writeFile(path, text, { mode: 0o600 });
}

function pem(key: ReturnType<typeof generateKeyPairSync>['privateKey']): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}
