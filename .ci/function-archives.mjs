// Packs the bundles of functions for Google Cloud, which builds them from source: one zip each, the same bytes from the same bundle.
import { readFileSync, writeFileSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';

const FRAMEWORK = '@google-cloud/functions-framework';

/** In place of Google's: calls the entry point once, and that takes requests itself on `PORT`. */
const START = `#!/usr/bin/env node
require(process.cwd())[process.env.FUNCTION_TARGET]();
`;

/**
 * What Google builds with the source. Its buildpack for functions installs what `package-lock.json` says, and starts `node_modules/.bin/functions-framework` if
 * the source depends on a framework; else it adds its own, which reads and inflates up to 1 GiB of each body before it calls the function.
 * https://github.com/GoogleCloudPlatform/buildpacks/blob/main/cmd/nodejs/functions_framework/lib/lib.go
 * https://github.com/GoogleCloudPlatform/buildpacks/blob/main/cmd/nodejs/npm/lib/lib.go
 */
const framework = { name: FRAMEWORK, version: '1.0.0', bin: { 'functions-framework': 'start.js' } };
const source = { name: 'audit-log-function', version: '1.0.0', dependencies: { [FRAMEWORK]: 'file:framework' } };
const lock = {
  name: source.name,
  version: source.version,
  lockfileVersion: 3,
  requires: true,
  packages: {
    '': source,
    framework,
    [`node_modules/${FRAMEWORK}`]: { resolved: 'framework', link: true },
  },
};

/** 1980-01-01, the first day that a zip knows: a date of today would make another archive every day. */
const [TIME, DATE] = [0, 0x21];

for (const name of ['ingest-function', 'query-function', 'seal-function']) {
  const files = {
    'index.js': readFileSync(`dist/bundles/${name}.js`),
    'package.json': json({ ...source, private: true, main: 'index.js' }),
    'package-lock.json': json(lock),
    'framework/package.json': json({ ...framework, private: true }),
    'framework/start.js': Buffer.from(START),
  };
  writeFileSync(`dist/bundles/${name}.zip`, zip(Object.entries(files)));
}

function json(value) {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
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
