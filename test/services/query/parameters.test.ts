import { PARAMETERS, parseSearch } from '../../../lib/services/query/parameters';

const NOW = Date.parse('2026-03-01T12:30:00.000Z');
const DAY = 86_400_000;
const AT = { received: NOW - 5, origin: `acme/local/${'a'.repeat(32)}`, index: 7 };

describe('parseSearch', () => {
  describe('defaults', () => {
    it('searches from 24 hours ago to 5 minutes from now, 1,000 lines', () => {
      expect(parseSearch('', NOW).query).toEqual({ from: NOW - DAY, to: NOW + 300_000, limit: 1_000 });
    });

    it('searches from 24 hours before to', () => {
      const { query } = parseSearch('to=2026-01-31', NOW);
      expect([query.from, query.to]).toEqual([Date.parse('2026-01-30'), Date.parse('2026-01-31')]);
    });
  });

  it('takes all parameters', () => {
    const search =
      'from=2026-01-01&to=2026-01-02T00:00:00%2B01:00&actor=a&action=b&target=c&outcome=d&writer=e&contains=f&limit=5';
    expect(parseSearch(search, NOW)).toMatchObject({
      query: {
        from: Date.parse('2026-01-01'),
        to: Date.parse('2026-01-01T23:00:00Z'),
        actor: 'a',
        action: 'b',
        target: 'c',
        outcome: 'd',
        writer: 'e',
        contains: 'f',
        limit: 5,
      },
      names: ['from', 'to', 'actor', 'action', 'target', 'outcome', 'writer', 'contains', 'limit'],
    });
  });

  it.each([
    ['actor=a+b', 'a b'],
    ['actor=a%2Bb', 'a+b'],
    ['actor=a%3D%26b', 'a=&b'],
    ['actor=a=b', 'a=b'],
    ['actor=', ''],
    ['actor', ''],
    ['&actor=x&', 'x'],
    ['%61ctor=x', 'x'],
    ['actor=%F0%9F%98%80', '😀'],
    ['actor=%00', '\0'],
    [`actor=${'x'.repeat(1_024)}`, 'x'.repeat(1_024)],
  ])('decodes %s', (search, actor) => {
    expect(parseSearch(search, NOW).query.actor).toBe(actor);
  });

  it.each([
    ['contains=', 'contains'],
    [`contains=${'x'.repeat(1_025)}`, 'contains'],
    [`actor=${'x'.repeat(1_025)}`, 'actor'],
    ['limit=0', 'limit'],
    ['limit=10001', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=', 'limit'],
    ['from=yesterday', 'from'],
    ['to=', 'to'],
    ['from=2026-01-02&to=2026-01-02', 'from'],
    ['from=2027-01-01', 'from'],
    ['actor=%ff', 'actor'],
    ['actor=%ED%A0%80', 'actor'],
    ['actor=%', 'actor'],
  ])('refuses %s as parameter-invalid', (search, name) => {
    expect(() => parseSearch(search, NOW)).toThrow(
      expect.objectContaining({ code: 'parameter-invalid', message: expect.stringContaining(name) }),
    );
  });

  it.each(['limit=1', 'limit=10000'])('takes %s', (search) => {
    expect(parseSearch(search, NOW).query.limit).toBe(Number(search.slice(6)));
  });

  it.each(['x=1', 'Actor=a', 'actors', 'from%20=1', '__proto__=1', 'constructor'])(
    'refuses %s, naming all',
    (search) => {
      expect(() => parseSearch(search, NOW)).toThrow(
        expect.objectContaining({
          code: 'parameter-unknown',
          message: expect.stringContaining(PARAMETERS.join(', ')),
        }),
      );
    },
  );

  it.each(PARAMETERS)('refuses %s twice', (name) => {
    expect(() => parseSearch(`${name}=1&${name}=1`, NOW)).toThrow(
      expect.objectContaining({ code: 'parameter-repeated' }),
    );
  });

  describe('cursor', () => {
    const search = 'actor=a&contains=x%20y';
    const cursor = parseSearch(search, NOW).cursorAt(AT);

    it('continues behind its position, in the window of the first page, however late', () => {
      expect(parseSearch(`${search}&cursor=${cursor}`, NOW + 9 * DAY).query).toEqual({
        from: NOW - DAY,
        to: NOW + 300_000,
        actor: 'a',
        contains: 'x y',
        limit: 1_000,
        after: AT,
      });
    });

    it('may come with another limit, order and spelling', () => {
      expect(parseSearch(`limit=3&cursor=${cursor}&contains=x+y&actor=%61`, NOW).query).toMatchObject({ after: AT });
    });

    it('needs no encoding in a URL', () => {
      expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
    });

    it.each(['', 'actor=a', 'actor=b&contains=x%20y', `${search}&from=2026-01-01`, `${search}&writer=`])(
      'is refused with the parameters %j',
      (other) => {
        expect(() => parseSearch(`${other}&cursor=${cursor}`, NOW)).toThrow(
          expect.objectContaining({ code: 'cursor-invalid' }),
        );
      },
    );

    it('is refused after a change of any character', () => {
      for (let i = 0; i < cursor.length; i++) {
        const changed = `${cursor.slice(0, i)}${cursor[i] === 'A' ? 'B' : 'A'}${cursor.slice(i + 1)}`;
        expect(() => parseSearch(`${search}&cursor=${changed}`, NOW)).toThrow(
          expect.objectContaining({ code: 'cursor-invalid' }),
        );
      }
    });

    it.each(['', 'x', `${cursor}=`, `${cursor}A`, cursor.slice(0, -1), '!'])('is refused as %j', (text) => {
      expect(() => parseSearch(`${search}&cursor=${encodeURIComponent(text)}`, NOW)).toThrow(
        expect.objectContaining({ code: 'cursor-invalid' }),
      );
    });
  });
});
