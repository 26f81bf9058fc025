import { verifyCheckpoint } from '@sigstore/verify/dist/tlog/checkpoint.js';
import { verifyMerkleInclusion } from '@sigstore/verify/dist/tlog/merkle.js';
import {
  encodeBody,
  formatCheckpoint,
  formatTlogProof,
  inclusionProof,
  parseVkey,
  ShardKey,
  Subtrees,
  splitLines,
} from '../../lib/record';
import { CORPUS, CORPUS_WRITER } from '../corpus';
import { FixedKey } from './fixed-key';

const ORIGIN = 'acme/local/0123456789abcdef0123456789abcdef';
const KEY = new FixedKey(ORIGIN);
const EVENTS = [...CORPUS.map(({ stored }) => stored), ...Array.from({ length: 300 }, (_, i) => `{"n":${i}}`)];
const { lines, leaves } = encodeBody(splitLines(EVENTS.join('\n')), { received: 0, writer: CORPUS_WRITER });
const ENTRIES = lines.toString().split('\n').slice(0, -1);
const SUBTREES = new Subtrees(0, leaves);

type Entry = Parameters<typeof verifyCheckpoint>[0];

/** Our `.tlog-proof` file and entry, as sigstore's verifier takes them. */
function sigstoreEntry(proofFile: string, line: string): Entry {
  const [, index, hashes, envelope] =
    /^c2sp\.org\/tlog-proof@v1\nindex (\d+)\n((?:\S+\n)*)\n(.+)$/s.exec(proofFile) ?? [];
  return {
    canonicalizedBody: Buffer.from(line),
    inclusionProof: {
      logIndex: index,
      hashes: (hashes as string)
        .split('\n')
        .slice(0, -1)
        .map((hash) => Buffer.from(hash, 'base64')),
      checkpoint: { envelope },
    },
  } as unknown as Entry;
}

function verify(entry: Entry, key = KEY): void {
  const { id, publicKey, name } = key.verifier;
  const authority = { logID: id, baseURL: `https://${name}`, publicKey } as unknown as Parameters<
    typeof verifyCheckpoint
  >[1][0];
  verifyMerkleInclusion(entry, verifyCheckpoint(entry, [authority]));
}

function proofFile(index: number, size: number): string {
  const root = SUBTREES.rootOf(0, size);
  return formatTlogProof(
    index,
    inclusionProof(SUBTREES, index, size),
    KEY.note(formatCheckpoint({ origin: ORIGIN, size, root })),
  );
}

describe("sigstore's verifier, which we did not write", () => {
  it.each([1, 2, 3, 7, 8, 255, 256, 257, EVENTS.length])('accepts our notes and proofs at size %i', (size) => {
    for (const index of new Set([0, 1, size >> 1, size - 1].filter((i) => i < size))) {
      expect(() => verify(sigstoreEntry(proofFile(index, size), ENTRIES[index] as string))).not.toThrow();
    }
  });

  it('accepts the signature of a shard key', () => {
    const key = ShardKey.generate(ORIGIN);
    const text = formatCheckpoint({ origin: ORIGIN, size: 1, root: leaves[0] as Buffer });
    const { id, name } = parseVkey(key.vkey);
    const line = `— ${name} ${Buffer.concat([id, key.sign(text)]).toString('base64')}\n`;
    const entry = sigstoreEntry(formatTlogProof(0, [], `${text}\n${line}`), ENTRIES[0] as string);
    expect(() => verify(entry, { verifier: parseVkey(key.vkey) } as FixedKey)).not.toThrow();
  });

  it.each([
    ['another entry', sigstoreEntry(proofFile(5, 9), ENTRIES[6] as string)],
    ['another index', sigstoreEntry(proofFile(5, 9).replace('index 5', 'index 6'), ENTRIES[5] as string)],
    ['another size', sigstoreEntry(proofFile(5, 9).replace('\n9\n', '\n8\n'), ENTRIES[5] as string)],
    [
      'a further hash',
      sigstoreEntry(
        proofFile(5, 9).replace('index 5\n', `index 5\n${leaves[0]?.toString('base64')}\n`),
        ENTRIES[5] as string,
      ),
    ],
  ])('refuses %s', (_, entry) => {
    expect(() => verify(entry)).toThrow();
  });

  it('refuses another key of the same name', () => {
    expect(() => verify(sigstoreEntry(proofFile(5, 9), ENTRIES[5] as string), new FixedKey(ORIGIN, 'other'))).toThrow();
  });
});
