import { Malformed } from './malformed';

/**
 * Decodes base64 strictly: standard alphabet with padding (RFC 4648 section 4), and encoding the result again must give the same characters.
 *
 * @param length how many bytes the result must have
 * @throws Malformed
 */
export function decodeBase64(text: string, length?: number): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) {
    throw new Malformed('not strict base64');
  }
  if (length !== undefined && bytes.length !== length) {
    throw new Malformed(`${bytes.length} bytes in base64 where ${length} belong`);
  }
  return bytes;
}
