import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  compressLines,
  encodeBody,
  formatCheckpoint,
  formatNote,
  formatSegment,
  formatTlogProof,
  inclusionProof,
  ShardKey,
  Subtrees,
  splitLines,
  Tree,
} from '../../lib/record';
import { CORPUS, CORPUS_WRITER } from '../corpus';

const SIZES = [1, 2, 3, 7, 8, 255, 256, 257, 1_000];
const ORIGIN = 'acme/local/0123456789abcdef0123456789abcdef';

/** Writes what `check.go` reads: a segment with the corpus and many small entries, and proofs in trees of several sizes. */
async function writeLog(folder: string): Promise<void> {
  const key = ShardKey.generate(ORIGIN);
  const sign = (text: string) => formatNote(text, key.vkey, key.sign(text));
  const events = [
    ...CORPUS.map(({ stored }) => stored),
    ...Array.from({ length: Math.max(...SIZES) - CORPUS.length }, (_, i) => `{"action":"door.open","n":${i}}`),
  ];
  const { lines, leaves } = encodeBody(splitLines(events.join('\n')), { received: Date.now(), writer: CORPUS_WRITER });
  const subtrees = new Subtrees(0, leaves);
  const checkpoint = (size: number) => sign(formatCheckpoint({ origin: ORIGIN, size, root: subtrees.rootOf(0, size) }));

  writeFileSync(join(folder, 'log.vkey'), `${key.vkey}\n`);
  const segment = formatSegment(await compressLines(lines), checkpoint(leaves.length), Tree.empty().frontier);
  writeFileSync(join(folder, 'segment.ndjson.gz'), segment);
  for (const size of SIZES) {
    for (const index of new Set([0, size >> 1, size - 1])) {
      const proof = formatTlogProof(index, inclusionProof(subtrees, index, size), checkpoint(size));
      writeFileSync(join(folder, `${size}-${index}.tlog-proof`), proof);
    }
  }
}

void writeLog(process.argv[2] as string);
