import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import type { Signer } from '../../lib/services/ports';

/** What every signer must do. The key's name must be `name`. */
export function signerConformance(title: string, name: string, open: () => Promise<Signer>): void {
  describe(`${title} is a signer`, () => {
    let signer: Signer;

    beforeEach(async () => {
      signer = await open();
    });

    it('shows a verifier key with its name', () => {
      expect(signer.vkey.slice(0, name.length + 1)).toBe(`${name}+`);
    });

    it('shows an Ed25519 verifier key of 32 bytes behind the type 1', () => {
      const typed = typedKey(signer.vkey);
      expect(typed).toHaveLength(33);
      expect(typed[0]).toBe(1);
    });

    it('shows the key id that belongs to name and key', () => {
      const hash = createHash('sha256').update(`${name}\n`).update(typedKey(signer.vkey)).digest();
      expect(signer.vkey.split('+')[1]).toBe(hash.toString('hex', 0, 4));
    });

    // Key management services sign at most 4,096 bytes: https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
    it.each([0, 1, 150, 4096])('signs %i bytes so that the verifier key verifies them', async (size) => {
      const message = randomBytes(size);
      const signature = await signer.sign(message);
      expect(signature).toHaveLength(64);
      expect(verify(null, message, publicKey(signer.vkey), signature)).toBe(true);
    });

    it('signs the same bytes to the same signature, as RFC 8032 has it', async () => {
      const message = randomBytes(150);
      expect(Buffer.from(await signer.sign(message))).toEqual(Buffer.from(await signer.sign(message)));
    });

    it('signs other bytes to another signature', async () => {
      const signature = await signer.sign(Buffer.from('one'));
      expect(verify(null, Buffer.from('two'), publicKey(signer.vkey), signature)).toBe(false);
    });

    it('shows nothing but its verifier key', () => {
      expect(Object.keys(signer)).toEqual(['vkey']);
    });
  });
}

function typedKey(vkey: string): Buffer {
  return Buffer.from(vkey.split('+').slice(2).join('+'), 'base64');
}

function publicKey(vkey: string): ReturnType<typeof createPublicKey> {
  const x = typedKey(vkey).subarray(1).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}
