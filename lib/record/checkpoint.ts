import { decodeBase64 } from './base64';
import { HASH_SIZE } from './hash';
import { Malformed } from './malformed';

/** The state of a tree, as a note's text. https://c2sp.org/tlog-checkpoint */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Buffer;
}

/** The text to sign. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/**
 * Reads a checkpoint of ours: three lines and no extension lines.
 *
 * @throws Malformed
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [, origin, digits, encoded] = /^([^\n]+)\n(0|[1-9]\d{0,11})\n([^\n]+)\n$/.exec(text) ?? [];
  if (origin === undefined || digits === undefined || encoded === undefined) {
    throw new Malformed('not a checkpoint of three lines');
  }
  return { origin, size: Number(digits), root: decodeBase64(encoded, HASH_SIZE) };
}
