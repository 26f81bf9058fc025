import { inspect } from 'node:util';
import { formatNote, LogName, newShardId, openSoleNote, parseVkey, ShardKey } from '../../lib/record';

const LOG = new LogName('acme', 'local');

it('a shard id is new each time, and one that keys may name', () => {
  const ids = Array.from({ length: 100 }, newShardId);
  expect(new Set(ids).size).toBe(100);
  expect(ids.every((id) => LOG.parseKey(LOG.segmentKey(0, id, 0))?.kind === 'segment')).toBe(true);
});

describe('a shard key', () => {
  const name = LOG.shardOrigin(newShardId());
  const key = ShardKey.generate(name);

  it('bears the name of its shard', () => {
    expect(parseVkey(key.vkey).name).toBe(name);
  });

  it('makes signatures that its verifier key opens', () => {
    const note = formatNote('text é\n', key.vkey, key.sign('text é\n'));
    expect(openSoleNote(note, parseVkey(key.vkey))).toBe('text é\n');
  });

  it('is another each time', () => {
    expect(ShardKey.generate(name).vkey).not.toBe(key.vkey);
  });

  it('does not show its private half', () => {
    expect(JSON.stringify(key)).toBe(JSON.stringify({ vkey: key.vkey }));
    expect(inspect(key, { depth: 5 })).not.toMatch(/private/i);
  });
});
