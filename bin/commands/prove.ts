import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { prove as proveLine } from '../../lib/services/verify/prove';
import { openLog } from './open-log';

/** Options of `prove`. */
export interface ProveOptions {
  readonly log?: string;
  readonly out: string;
}

/** Writes what proves a stored line: two `.tlog-proof` files and the two leaves that they are about. */
export async function prove(url: string, file: string, options: ProveOptions): Promise<number> {
  const input = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  const line = input.replace(/\n[\s\S]*$/, '');
  const { store, log } = await openLog(url, options.log);
  const proof = await proveLine(store, log, line);
  const files = {
    'entry.json': line,
    'entry.tlog-proof': proof.entryProof,
    'root-entry.json': proof.rootEntry,
    'root-entry.tlog-proof': proof.rootProof,
  };
  await mkdir(options.out, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(options.out, name), content);
    process.stdout.write(`${join(options.out, name)}\n`);
  }
  process.stderr.write(`entry ${proof.index} of shard ${proof.origin}, and the root entry that sealed it\n`);
  return 0;
}
