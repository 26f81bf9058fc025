// The baseline of verification: gunzip and SHA-256 of every segment below a folder, nothing else.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const [, , folder] = process.argv;
let bytes = 0;
for (const name of readdirSync(folder, { recursive: true })) {
  if (String(name).endsWith('.ndjson.gz')) {
    const lines = gunzipSync(readFileSync(join(folder, String(name))));
    createHash('sha256').update(lines).digest();
    bytes += lines.length;
  }
}
console.log(JSON.stringify({ bytes }));
