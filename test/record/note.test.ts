import { formatNote, formatVkey, Malformed, openNote, openSoleNote, parseNote, parseVkey } from '../../lib/record';
import { FixedKey } from './fixed-key';

// https://c2sp.org/signed-note, "Example".
const VKEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const TEXT = 'This is an example message.\n';
const SIGNATURE = 'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=';
const LINE = `— example.com/foo ${SIGNATURE}\n`;
const NOTE = `${TEXT}\n${LINE}`;

describe('the C2SP vector', () => {
  const key = parseVkey(VKEY);

  it('has the name and key id of its key', () => {
    expect([key.name, key.id.toString('hex')]).toEqual(['example.com/foo', '530d903a']);
  });

  it('verifies', () => {
    expect(openNote(NOTE, key)).toBe(TEXT);
  });

  it('is what we write of the same text and signature', () => {
    expect(formatNote(TEXT, VKEY, Buffer.from(SIGNATURE, 'base64').subarray(4))).toBe(NOTE);
  });

  it.each([
    ['changed text', NOTE.replace('example', 'Example')],
    ['a further line of text', NOTE.replace('message.\n', 'message.\n\n')],
    ['CRLF', NOTE.replace(/\n/g, '\r\n')],
    ['a tab', NOTE.replace('an ', 'an\t')],
    ['a NUL', NOTE.replace('an ', 'an\0')],
    ['no end of the last line', NOTE.slice(0, -1)],
    ['no empty line', `${TEXT}${LINE}`],
    ['no signature', `${TEXT}\n`],
    ['an empty line behind', `${NOTE}\n`],
    ['a hyphen for the dash', NOTE.replace('—', '-')],
    ['two spaces', NOTE.replace('— ', '—  ')],
    ['a space at the end', NOTE.replace(/\n$/, ' \n')],
    ['another key name', NOTE.replace('example.com/foo', 'example.com/bar')],
    ['a signature by the key twice', `${NOTE}${LINE}`],
    ['two different signatures by the key', `${NOTE}${LINE.replace('QM=', 'QQ=')}`],
    ['base64 without padding', NOTE.replace('aQM=', 'aQM')],
    ['base64 with bits set in the padding', NOTE.replace('aQM=', 'aQN=')],
    ['base64url', NOTE.replace('Uw2Q', 'U-2Q')],
    ['base64 with a line break', NOTE.replace('Uw2Q', 'Uw2Q\n')],
    ['another last bit', NOTE.replace('aQM=', 'aQI=')],
    [
      'a signature of 63 bytes',
      `${TEXT}\n— example.com/foo ${Buffer.from(SIGNATURE, 'base64').subarray(0, 67).toString('base64')}\n`,
    ],
    [
      'a signature of 65 bytes',
      `${TEXT}\n— example.com/foo ${Buffer.concat([Buffer.from(SIGNATURE, 'base64'), Buffer.of(0)]).toString('base64')}\n`,
    ],
    ['a key id and no signature', `${TEXT}\n— example.com/foo Uw2QOg==\n`],
    ['nothing at all', ''],
    ['two line ends only', '\n\n'],
    ['over 64 KiB', `${'x'.repeat(64 * 1024)}\n${NOTE}`],
  ])('is refused with %s', (_, note) => {
    expect(() => openNote(note, key)).toThrow(Malformed);
  });
});

describe('signatures of others', () => {
  const key = parseVkey(VKEY);
  const other = new FixedKey('witness.example/w');
  const cosigned = `${NOTE}${other.note(TEXT).slice(TEXT.length + 1)}`;

  it('are passed over', () => {
    expect(openNote(cosigned, key)).toBe(TEXT);
  });

  it('are passed over when they are wrong and of unknown length', () => {
    expect(openNote(`${NOTE}— unknown AAAAAAA=\n`, key)).toBe(TEXT);
  });

  it('are passed over when they have our name and another key id', () => {
    const sameName = new FixedKey('example.com/foo');
    expect(openNote(`${NOTE}${sameName.note(TEXT).slice(TEXT.length + 1)}`, key)).toBe(TEXT);
  });

  it('are not enough', () => {
    expect(() => openNote(other.note(TEXT), key)).toThrow('0 signatures');
  });

  it('are refused where only one may be', () => {
    expect(() => openSoleNote(cosigned, key)).toThrow(Malformed);
    expect(openSoleNote(NOTE, key)).toBe(TEXT);
  });

  it('of 16 keys fit beside ours', () => {
    const lines = Array.from({ length: 16 }, (_, i) => new FixedKey(`w${i}`).note(TEXT).slice(TEXT.length + 1));
    expect(parseNote(`${NOTE}${lines.join('')}`).signatures).toHaveLength(17);
    expect(openNote(`${lines.join('').replace(/^/, `${TEXT}\n`)}${LINE}`, key)).toBe(TEXT);
  });
});

it('splits at the last empty line', () => {
  const key = new FixedKey('a');
  const text = 'one\n\ntwo\n';
  expect(openNote(key.note(text), key.verifier)).toBe(text);
});

describe('a verifier key', () => {
  it('may have a plus sign in its base64', () => {
    const keys = Array.from({ length: 200 }, (_, i) => new FixedKey('acme/local', `seed ${i}`).vkey);
    const withPlus = keys.filter((vkey) => vkey.split('+').length > 3);
    expect(withPlus.length).toBeGreaterThan(0);
    expect(withPlus.map((vkey) => parseVkey(vkey).vkey)).toEqual(withPlus);
  });

  it('is written as it was read', () => {
    const { name, publicKey } = parseVkey(VKEY);
    expect(formatVkey(name, Buffer.from(publicKey.export({ format: 'jwk' }).x as string, 'base64url'))).toBe(VKEY);
  });

  it.each([
    ['no plus sign', 'example.com/foo'],
    ['an empty name', VKEY.replace('example.com/foo', '')],
    ['a space in its name', VKEY.replace('foo', 'f o')],
    ['a no-break space in its name', VKEY.replace('foo', 'f\u00a0o')],
    ['a control character in its name', VKEY.replace('foo', 'f\u0085o')],
    ['another name than its id says', VKEY.replace('foo', 'bar')],
    ['another id', VKEY.replace('530d903a', '530d903b')],
    ['an id in upper case', VKEY.replace('530d903a', '530D903A')],
    ['an id of 7 digits', VKEY.replace('530d903a', '530d903')],
    ['another key', VKEY.replace('U2k', 'U2g')],
    ['a key of 31 bytes', `a+00000000+${Buffer.alloc(32, 1).toString('base64')}`],
    ['another algorithm', VKEY.replace('+Aek', '+Auk')],
    ['a line end', `${VKEY}\n`],
    ['nothing in it', ''],
  ])('is refused with %s', (_, vkey) => {
    expect(() => parseVkey(vkey)).toThrow(Malformed);
  });
});
