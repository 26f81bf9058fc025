import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AuditLogError } from '../../policy/errors';
import { formatVkey, parseVkey } from '../../record/note';
import type { Signer } from '../ports';

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;
/** An Ed25519 key in PKCS#8 PEM has 119 bytes; comments may stand around it. */
const LARGEST_FILE_BYTES = 16 * 1024;

/**
 * Signs with an Ed25519 key in a PKCS#8 PEM file that only its owner may use. The key's name is not in the file: whoever opens it says
 * which key it must be, so that no one can rename a key by editing a file.
 */
export class FileSigner implements Signer {
  /**
   * Makes a new key, and the folder for it if it is missing. The file is there whole or not at all, readable by its owner only, and durable.
   *
   * @param path where no file is yet
   * @param name key name as in C2SP signed notes: no white space, no plus sign
   * @throws signing-key-exists
   */
  public static async create(path: string, name: string): Promise<FileSigner> {
    const { privateKey } = generateKeyPairSync('ed25519');
    const signer = new FileSigner(name, privateKey);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeOnce(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    return signer;
  }

  /**
   * Reads an existing key.
   *
   * @param path a file that group and others may not read, write or execute
   * @param name key name as in C2SP signed notes: no white space, no plus sign
   * @throws signing-key-missing
   * @throws signing-key-exposed
   * @throws signing-key-invalid
   */
  public static async open(path: string, name: string): Promise<FileSigner> {
    return new FileSigner(name, parsePrivateKey(path, await readClosely(path)));
  }

  public readonly vkey: string;
  readonly #privateKey: KeyObject;

  private constructor(name: string, privateKey: KeyObject) {
    const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
    this.vkey = parseVkey(formatVkey(name, Buffer.from(x as string, 'base64url'))).vkey;
    this.#privateKey = privateKey;
  }

  public async sign(message: Uint8Array): Promise<Uint8Array> {
    return sign(null, message, this.#privateKey);
  }
}

async function writeOnce(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  const folder = await open(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const file = await open(temporary, 'wx', OWNER_ONLY);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temporary, path);
    await unlink(temporary);
    await folder.sync();
  } catch (error) {
    await unlink(temporary).catch(() => {});
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new AuditLogError('signing-key-exists', {
      problem: 'there is already a file where the new signing key should be',
      given: path,
      fix: 'use that key, or choose another path; a key that has signed is never replaced',
    });
  } finally {
    await folder.close();
  }
}

async function readClosely(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new AuditLogError('signing-key-missing', {
      problem: 'there is no signing key',
      given: path,
      fix: 'give the path of the key, or restore it from its backup',
    });
  });
  try {
    const status = await file.stat();
    const mode = status.mode & 0o777;
    if (mode & OTHERS) {
      throw new AuditLogError('signing-key-exposed', {
        problem: `others may use the signing key ${path}`,
        given: mode.toString(8).padStart(4, '0'),
        allowed: '0600 or 0400',
        fix: 'find out who could have read it; if nobody, `chmod 600` it, else replace the key',
      });
    }
    if (!status.isFile() || status.size > LARGEST_FILE_BYTES) throw notAKey(path);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function parsePrivateKey(path: string, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: 'pem' });
  } catch {
    // What OpenSSL says is of no use here, and nothing of the file may reach a log.
    throw notAKey(path);
  }
  if (key.asymmetricKeyType !== 'ed25519') throw notAKey(path);
  return key;
}

function notAKey(path: string): AuditLogError {
  return new AuditLogError('signing-key-invalid', {
    problem: 'the file does not hold a signing key',
    given: path,
    allowed: 'an unencrypted Ed25519 private key in PKCS#8 PEM',
    fix: 'make one with `openssl genpkey -algorithm ed25519`, or restore the right file',
  });
}
