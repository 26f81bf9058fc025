import { gzipSync } from 'node:zlib';
import { gunzipWithin, Malformed, TooLarge } from '../../lib/record';

const BODY = Buffer.from('{"a":1}\n'.repeat(100));

it('gives what was compressed', async () => {
  expect(await gunzipWithin(gzipSync(BODY), BODY.length)).toEqual(BODY);
});

it('stops one byte above the limit', async () => {
  await expect(gunzipWithin(gzipSync(BODY), BODY.length - 1)).rejects.toThrow(TooLarge);
});

it('unfolds a bomb no further than the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(256 << 20));
  const before = process.memoryUsage().rss;
  await expect(gunzipWithin(bomb, 4 << 20)).rejects.toThrow(TooLarge);
  expect(process.memoryUsage().rss - before).toBeLessThan(128 << 20);
});

it.each([
  ['no gzip', BODY],
  ['nothing', Buffer.alloc(0)],
  ['a cut body', gzipSync(BODY).subarray(0, -1)],
  ['a wrong checksum', Buffer.concat([gzipSync(BODY).subarray(0, -8), Buffer.alloc(8)])],
  ['more behind its end', Buffer.concat([gzipSync(BODY), Buffer.from('x')])],
])('refuses %s', async (_, body) => {
  await expect(gunzipWithin(body, 1 << 20)).rejects.toThrow(Malformed);
});
