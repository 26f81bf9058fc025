import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { formatNote, formatVkey, parseVkey, type VerifierKey } from '../../lib/record';

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 key that is the same in every run. For tests only: its private half follows from its name. */
export class FixedKey {
  public readonly verifier: VerifierKey;
  private readonly privateKey: KeyObject;

  public constructor(name: string, seed = name) {
    const secret = createHash('sha256').update(seed).digest();
    this.privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, secret]), format: 'der', type: 'pkcs8' });
    const { x } = createPublicKey(this.privateKey).export({ format: 'jwk' });
    this.verifier = parseVkey(formatVkey(name, Buffer.from(String(x), 'base64url')));
  }

  public get vkey(): string {
    return this.verifier.vkey;
  }

  public sign(text: string): Buffer {
    return sign(null, Buffer.from(text), this.privateKey);
  }

  public note(text: string): string {
    return formatNote(text, this.vkey, this.sign(text));
  }
}
