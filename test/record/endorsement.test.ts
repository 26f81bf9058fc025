import { formatEndorsement, HOUR_MS, LogName, Malformed, openEndorsement, parseEndorsement } from '../../lib/record';
import { FixedKey } from './fixed-key';

const LOG = new LogName('acme', 'local');
const SHARD = '0123456789abcdef0123456789abcdef';
const HOUR = Date.parse('2026-10-16T23:00:00.000Z');
const ADMISSION = new FixedKey(LOG.admission);
const KEY = new FixedKey(LOG.shardOrigin(SHARD));
const TEXT = [
  'immutable-audit-log/shard@v1',
  'acme/local',
  KEY.vkey,
  '2026-10-16T23:10:00.000Z',
  '2026-10-17T00:05:00.000Z',
  '',
].join('\n');

function open(note: string, { key = ADMISSION, log = LOG, hour = HOUR, shard = SHARD } = {}) {
  return openEndorsement(note, key.verifier, log, hour, shard);
}

describe('the text', () => {
  it('has five lines', () => {
    expect(formatEndorsement(LOG, KEY.vkey, HOUR, HOUR + 600_000)).toBe(TEXT);
  });

  it('begins with the hour when the process began before', () => {
    expect(formatEndorsement(LOG, KEY.vkey, HOUR, HOUR - 1).split('\n')[3]).toBe('2026-10-16T23:00:00.000Z');
  });
});

describe('an endorsement', () => {
  it('is read as it was written', () => {
    expect(open(ADMISSION.note(TEXT))).toEqual({
      origin: 'acme/local',
      shard: KEY.verifier,
      notBefore: HOUR + 600_000,
      notAfter: HOUR + HOUR_MS + 300_000,
    });
  });

  it.each([HOUR, HOUR + HOUR_MS - 1])('may begin at %i', (notBefore) => {
    expect(open(ADMISSION.note(formatEndorsement(LOG, KEY.vkey, HOUR, notBefore))).notBefore).toBe(notBefore);
  });

  const note = ADMISSION.note(TEXT);
  it.each([
    ['of another shard', { shard: SHARD.replace('0', '1') }],
    ['of another log', { log: new LogName('acme', 'other') }],
    ['of the hour before', { hour: HOUR - HOUR_MS }],
    ['of the hour behind', { hour: HOUR + HOUR_MS }],
    ['by another key of the same name', { key: new FixedKey(LOG.admission, 'other') }],
  ])('is refused for one %s', (_, asked) => {
    expect(() => open(note, asked)).toThrow(Malformed);
  });

  it.each([
    ['another type', TEXT.replace('@v1', '@v2')],
    ['another log', TEXT.replace('acme/local\n', 'acme/other\n')],
    ['a line less', TEXT.replace('2026-10-17T00:05:00.000Z\n', '')],
    ['a line more', `${TEXT}more\n`],
    ['an empty line more', `${TEXT}\n`],
    ['a vkey that is none', TEXT.replace(KEY.vkey, 'vkey')],
    ['a begin before its hour', TEXT.replace('23:10:00.000', '22:59:59.999')],
    ['a begin behind its hour', TEXT.replace('16T23:10:00.000', '17T00:00:00.000')],
    ['an end too early', TEXT.replace('00:05:00.000', '00:04:59.999')],
    ['an end too late', TEXT.replace('00:05:00.000', '00:05:00.001')],
    ['a time without milliseconds', TEXT.replace('23:10:00.000', '23:10:00')],
    ['a time of another zone', TEXT.replace('23:10:00.000Z', '23:10:00.000+00:00')],
    ['a day that does not exist', TEXT.replace('10-16', '02-30')],
    ['no time', TEXT.replace('2026-10-16T23:10:00.000Z', '')],
  ])('is refused with %s', (_, text) => {
    expect(() => open(ADMISSION.note(text))).toThrow(Malformed);
  });

  it('is refused with a further signature', () => {
    const second = KEY.note(TEXT).slice(TEXT.length + 1);
    expect(() => open(`${note}${second}`)).toThrow(Malformed);
  });

  it('is read without the admission key, unverified', () => {
    expect(parseEndorsement(new FixedKey('anyone').note(TEXT)).shard.name).toBe(KEY.verifier.name);
  });
});
