import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { decodeBase64 } from './base64';
import { sha256 } from './hash';
import { Malformed } from './malformed';

const ED25519 = 0x01;
const PUBLIC_KEY_SIZE = 32;
const KEY_ID_SIZE = 4;
const SIGNATURE_SIZE = 64;
const MAX_NOTE_SIZE = 64 * 1024;

/** A C2SP verifier key for Ed25519. https://c2sp.org/signed-note */
export interface VerifierKey {
  readonly name: string;
  /** 4 bytes. */
  readonly id: Buffer;
  readonly publicKey: KeyObject;
  /** The text form, `<name>+<8 hex digits>+<base64>`. */
  readonly vkey: string;
}

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly id: Buffer;
  readonly signature: Buffer;
}

/** A signed note taken apart; nothing of it has been verified yet. */
export interface ParsedNote {
  /** The signed text, ending in `\n`. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

function isKeyName(name: string): boolean {
  return /^[^\s+]+$/u.test(name) && !/\p{Cc}/u.test(name);
}

function keyId(name: string, publicKey: Uint8Array): Buffer {
  return sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([ED25519]), publicKey])).subarray(0, KEY_ID_SIZE);
}

/**
 * The text form of an Ed25519 public key.
 *
 * @param publicKey 32 raw bytes
 */
export function formatVkey(name: string, publicKey: Uint8Array): string {
  const typed = Buffer.concat([Buffer.from([ED25519]), publicKey]);
  return `${name}+${keyId(name, publicKey).toString('hex')}+${typed.toString('base64')}`;
}

/**
 * Reads a verifier key and checks its key id.
 *
 * @throws Malformed
 */
export function parseVkey(vkey: string): VerifierKey {
  const [, name, id, encoded] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/u.exec(vkey) ?? [];
  if (name === undefined || id === undefined || encoded === undefined || !isKeyName(name)) {
    throw new Malformed('not a verifier key of the form <name>+<key id>+<base64>');
  }
  const typed = decodeBase64(encoded, 1 + PUBLIC_KEY_SIZE);
  const raw = typed.subarray(1);
  if (typed[0] !== ED25519 || keyId(name, raw).toString('hex') !== id) {
    throw new Malformed('not an Ed25519 verifier key, or its key id is wrong');
  }
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  });
  return { name, id: Buffer.from(id, 'hex'), publicKey, vkey };
}

/**
 * Makes a signed note with one signature.
 *
 * @param text ends in `\n`
 * @param vkey the key that made the signature
 * @param signature 64 bytes over the text
 */
export function formatNote(text: string, vkey: string, signature: Uint8Array): string {
  const { name, id } = parseVkey(vkey);
  return `${text}\n— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

/**
 * Takes a signed note apart.
 *
 * @throws Malformed
 */
export function parseNote(note: string): ParsedNote {
  if (note.length > MAX_NOTE_SIZE) {
    throw new Malformed('a note over 64 KiB');
  }
  const end = note.lastIndexOf('\n\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids exactly these
  if (end < 0 || !note.endsWith('\n') || /[\x00-\x09\x0b-\x1f]/.test(note)) {
    throw new Malformed('not a signed note');
  }
  const signatures = note
    .slice(end + 2, -1)
    .split('\n')
    .map(parseSignature);
  return { text: note.slice(0, end + 1), signatures };
}

function parseSignature(line: string): NoteSignature {
  const [, name, encoded] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  if (name === undefined || encoded === undefined || !isKeyName(name)) {
    throw new Malformed('a note with a broken signature line');
  }
  const bytes = decodeBase64(encoded);
  if (bytes.length <= KEY_ID_SIZE) {
    throw new Malformed('a note with a signature that is too short');
  }
  return { name, id: bytes.subarray(0, KEY_ID_SIZE), signature: bytes.subarray(KEY_ID_SIZE) };
}

/**
 * Verifies a note by one key and gives its text. Signature lines of other keys are passed over.
 *
 * @throws Malformed when the key did not sign exactly once, or its signature is wrong
 */
export function openNote(note: string, key: VerifierKey): string {
  const { text, signatures } = parseNote(note);
  const ours = signatures.filter(({ name, id }) => name === key.name && id.equals(key.id));
  const [line] = ours;
  if (line === undefined || ours.length > 1) {
    throw new Malformed(`a note with ${ours.length} signatures by ${key.name}`);
  }
  if (line.signature.length !== SIGNATURE_SIZE || !verify(null, Buffer.from(text), key.publicKey, line.signature)) {
    throw new Malformed(`a note with a wrong signature by ${key.name}`);
  }
  return text;
}

/**
 * Like `openNote`, for notes that must carry this key's signature and no other.
 *
 * @throws Malformed
 */
export function openSoleNote(note: string, key: VerifierKey): string {
  if (parseNote(note).signatures.length !== 1) {
    throw new Malformed('a note with more than one signature');
  }
  return openNote(note, key);
}
