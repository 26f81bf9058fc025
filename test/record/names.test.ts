import { HOUR_MS, hourOf, hourPath, LogName, parseShardPath, shardPath } from '../../lib/record';

const HOUR = Date.parse('2026-10-16T23:00:00.000Z');
const SHARD = '0123456789abcdef0123456789abcdef';
const LOG = new LogName('acme-audit', 'eu-central-1');

describe('a log name', () => {
  it.each(['a/b', 'acme/local', `${'a'.repeat(63)}/${'r'.repeat(40)}`, 'a-0/9-'])('reads %s', (origin) => {
    expect(LogName.parse(origin)?.origin).toBe(origin);
  });

  it.each([
    '',
    'acme',
    'acme/',
    '/local',
    'Acme/local',
    '0acme/local',
    '-acme/local',
    'acme/Local',
    'acme/local/x',
    'acme/lo.cal',
    'acme/local\n',
    'acme/..',
    `${'a'.repeat(64)}/r`,
    `a/${'r'.repeat(41)}`,
  ])('refuses %j', (origin) => {
    expect(LogName.parse(origin)).toBeUndefined();
  });

  it('names the keys that sign', () => {
    expect([LOG.origin, LOG.admission, LOG.shardOrigin(SHARD)]).toEqual([
      'acme-audit/eu-central-1',
      'acme-audit/eu-central-1/admission',
      `acme-audit/eu-central-1/${SHARD}`,
    ]);
  });
});

describe('an hour', () => {
  it.each([
    [HOUR, HOUR],
    [HOUR + 1, HOUR],
    [HOUR + HOUR_MS - 1, HOUR],
    [HOUR + HOUR_MS, HOUR + HOUR_MS],
  ])('holds the time %i', (time, hour) => {
    expect(hourOf(time)).toBe(hour);
  });

  it('has a path in UTC', () => {
    expect(hourPath(HOUR)).toBe('date=2026-10-16/hour=23');
  });
});

describe('keys', () => {
  it.each([
    [LOG.segmentKey(HOUR, SHARD, 0), { kind: 'segment', hour: HOUR, shard: SHARD, first: 0 }],
    [
      LOG.segmentKey(HOUR, SHARD, 999_999_999_999),
      { kind: 'segment', hour: HOUR, shard: SHARD, first: 999_999_999_999 },
    ],
    [LOG.endorsementKey(HOUR, SHARD), { kind: 'endorsement', hour: HOUR, shard: SHARD }],
    [LOG.rootEntriesKey(7), { kind: 'root-entries', first: 7 }],
    [LOG.rootCheckpointKey(8), { kind: 'root-checkpoint', size: 8 }],
    [
      `acme-audit/eu-central-1/entries/date=2026-10-16/hour=23/${SHARD}/_${'a'.repeat(64)}`,
      { kind: 'blob', hour: HOUR, shard: SHARD, sha256: 'a'.repeat(64) },
    ],
  ])('%s is read as it was written', (key, parsed) => {
    expect(LOG.parseKey(key)).toEqual(parsed);
  });

  it('have the form of format 1', () => {
    expect([
      LOG.segmentKey(HOUR, SHARD, 42),
      LOG.endorsementKey(HOUR, SHARD),
      LOG.rootEntriesKey(42),
      LOG.rootCheckpointKey(42),
    ]).toEqual([
      `acme-audit/eu-central-1/entries/date=2026-10-16/hour=23/${SHARD}/000000000042.ndjson.gz`,
      `acme-audit/eu-central-1/shards/date=2026-10-16/hour=23/${SHARD}.note`,
      'acme-audit/eu-central-1/root/000000000042.ndjson',
      'acme-audit/eu-central-1/root/checkpoints/000000000042.note',
    ]);
  });

  const segment = LOG.segmentKey(HOUR, SHARD, 42);
  const note = LOG.endorsementKey(HOUR, SHARD);
  it.each([
    ['another log', segment.replace('acme', 'acne')],
    ['another region', segment.replace('central', 'west')],
    ['a day that does not exist', segment.replace('2026-10-16', '2026-13-40')],
    ['the 30th of February', segment.replace('2026-10-16', '2026-02-30')],
    ['hour 24', segment.replace('hour=23', 'hour=24')],
    ['hour 24 of an endorsement', note.replace('hour=23', 'hour=24')],
    ['an hour of one digit', segment.replace('hour=23', 'hour=3')],
    ['a shard in upper case', segment.replace(SHARD, SHARD.toUpperCase())],
    ['a shard of 31 digits', segment.replace(SHARD, SHARD.slice(1))],
    ['a first of 11 digits', segment.replace('000000000042', '00000000042')],
    ['a first of 13 digits', segment.replace('000000000042', '0000000000042')],
    ['a first that is not decimal', segment.replace('042', '0x2')],
    ['another suffix', segment.replace('.gz', '.zst')],
    ['more behind it', `${segment}.tmp`],
    ['a line end behind it', `${segment}\n`],
    ['a folder', segment.replace(/[^/]+$/, '')],
    ['a blob hash of 63 digits', `${LOG.prefix}entries/date=2026-10-16/hour=23/${SHARD}/_${'a'.repeat(63)}`],
    ['a folder in between', segment.replace('/entries/', '/entries/x/')],
    ['a way up', segment.replace('/entries/', '/entries/../entries/')],
    ['a root of another name', `${LOG.prefix}root/checkpoint`],
    ['a key outside of the log', 'x'],
    ['the prefix only', LOG.prefix],
  ])('are not read with %s', (_, key) => {
    expect(LOG.parseKey(key)).toBeUndefined();
  });
});

describe('a shard path', () => {
  it('is read as it was written', () => {
    expect(parseShardPath(shardPath(HOUR, SHARD))).toEqual({ hour: HOUR, shard: SHARD });
  });

  it.each([
    '',
    `date=2026-10-16/hour=23/${SHARD}/`,
    `/date=2026-10-16/hour=23/${SHARD}`,
    `date=2026-10-16/hour=60/${SHARD}`,
    `date=2026-02-29/hour=00/${SHARD}`,
    `date=2026-10-16/hour=23/${SHARD.toUpperCase()}`,
  ])('%j is refused', (path) => {
    expect(parseShardPath(path)).toBeUndefined();
  });
});
