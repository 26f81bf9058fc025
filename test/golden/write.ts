// Writes the golden log anew, from `v1/events.ndjson`. Only for a change of a format that is not frozen yet; the commit says why.
//
//   npx esbuild test/golden/write.ts --bundle --platform=node --format=cjs | node - test/golden/v1
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildGoldenLog } from '../golden-log';
import { MemoryStore } from '../memory-store';

async function write(folder: string): Promise<void> {
  const events = readFileSync(join(folder, 'events.ndjson'), 'utf8').split('\n').slice(0, -1);
  const store = new MemoryStore();
  const { vkey, receipts } = await buildGoldenLog(store, events);
  rmSync(join(folder, 'store'), { recursive: true, force: true });
  for (const [key, bytes] of store.objects) {
    const path = join(folder, 'store', key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  writeFileSync(join(folder, 'log.vkey'), `${vkey}\n`);
  writeFileSync(join(folder, 'receipts.ndjson'), receipts.map((line) => `${line}\n`).join(''));
}

void write(process.argv[2] as string);
