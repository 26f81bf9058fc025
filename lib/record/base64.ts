import { Malformed } from './malformed';

/**
 * Decodes base64 strictly: standard alphabet with padding (RFC 4648 section 4), and encoding the result again must give the same characters.
 *
 * @param text what is no string is refused too
 * @param length how many bytes the result must have
 * @throws Malformed
 */
export function decodeBase64(text: unknown, length?: number): Buffer {
  if (typeof text !== 'string') {
    throw new Malformed('not base64 text');
  }
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) {
    throw new Malformed('not strict base64');
  }
  if (length !== undefined && bytes.length !== length) {
    throw new Malformed(`${bytes.length} bytes in base64 where ${length} belong`);
  }
  return bytes;
}
