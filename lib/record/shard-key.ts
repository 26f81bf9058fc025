import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { formatVkey } from './note';

/** A new shard's id: 32 lower-case hex digits, 128 random bits. */
export function newShardId(): string {
  return randomBytes(16).toString('hex');
}

/** The Ed25519 key of one shard. It lives in this process's memory only and is gone when the shard ends. */
export class ShardKey {
  /** @param name the shard's origin */
  public static generate(name: string): ShardKey {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const { x } = publicKey.export({ format: 'jwk' });
    return new ShardKey(formatVkey(name, Buffer.from(x as string, 'base64url')), privateKey);
  }

  readonly #privateKey: KeyObject;

  private constructor(
    public readonly vkey: string,
    privateKey: KeyObject,
  ) {
    this.#privateKey = privateKey;
  }

  /** The 64-byte signature over the text's UTF-8 bytes. */
  public sign(text: string): Buffer {
    return sign(null, Buffer.from(text), this.#privateKey);
  }
}
