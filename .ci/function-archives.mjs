// Packs the bundles of functions for Google Cloud, which builds them from source: one zip each, the same bytes from the same bundle.
import { readFileSync, writeFileSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';

const MANIFEST = JSON.stringify({ name: 'audit-log-function', version: '1.0.0', private: true, main: 'index.js' });
/** 1980-01-01, the first day that a zip knows: a date of today would make another archive every day. */
const [TIME, DATE] = [0, 0x21];

for (const name of ['ingest-function', 'query-function', 'seal-function']) {
  const files = { 'index.js': readFileSync(`dist/bundles/${name}.js`), 'package.json': Buffer.from(MANIFEST) };
  writeFileSync(`dist/bundles/${name}.zip`, zip(Object.entries(files)));
}

/** PKWARE's APPNOTE, sections 4.3.7 (local header), 4.3.12 (central directory) and 4.3.16 (end). */
function zip(files) {
  const [bodies, directory] = [[], []];
  let offset = 0;
  for (const [name, content] of files) {
    const packed = deflateRawSync(content, { level: 9 });
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt16LE(TIME, 6);
    common.writeUInt16LE(DATE, 8);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const body = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), common, more, Buffer.from(name)]));
    bodies.push(body);
    offset += body.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, central, Buffer.from('PK\x05\x06'), end]);
}
