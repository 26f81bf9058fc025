import { LogName, type RootEntry, RootState, type SealedShard } from '../../lib/record';
import { SeededSigner } from '../log-builder';

const LOG = new LogName('acme-audit', 'local');
const ADMISSION = new SeededSigner(LOG.admission, 'admission').vkey;
const CONFIG = { admission: ADMISSION, sealDelaySeconds: 900, retention: { mode: 'governance', days: 1 } } as const;
const PATH = `date=2026-01-02/hour=03/${'a'.repeat(32)}`;
const TIME = '2026-01-02T03:00:00.000Z';
const LATER = '2026-01-02T03:01:00.000Z';

const genesis = (change: Partial<RootEntry> = {}): RootEntry =>
  ({ kind: 'genesis', time: TIME, format: 1, origin: LOG.origin, ...CONFIG, ...change }) as RootEntry;
const shards = (...list: Partial<SealedShard>[]): RootEntry => ({
  kind: 'shards',
  time: LATER,
  shards: list.map((shard) => ({
    path: PATH,
    size: 2,
    root: Buffer.alloc(32).toString('base64'),
    closed: false,
    ...shard,
  })),
});

function stateAfter(...entries: RootEntry[]): RootState {
  const state = new RootState(LOG);
  for (const entry of entries) {
    state.apply(entry);
  }
  return state;
}

describe('a root state', () => {
  it('knows what genesis says', () => {
    const state = stateAfter(genesis());
    expect(state.config).toEqual(CONFIG);
    expect(state.time).toBe(Date.parse(TIME));
    expect(state.admissionKeys.map(({ vkey }) => vkey)).toEqual([ADMISSION]);
  });

  it('keeps the admission keys of before', () => {
    const admission = new SeededSigner(LOG.admission, 'rotated').vkey;
    const state = stateAfter(genesis(), { kind: 'config', time: LATER, ...CONFIG, admission });
    expect(state.admissionKeys.map(({ vkey }) => vkey)).toEqual([ADMISSION, admission]);
    expect(state.config?.admission).toBe(admission);
  });

  it('keeps every statement about a shard', () => {
    const state = stateAfter(genesis(), shards({ size: 2 }), shards({ size: 5 }), shards({ size: 5, closed: true }));
    expect(state.shards.get(PATH)?.statements.map(({ size }) => size)).toEqual([2, 5, 5]);
    expect(state.shards.get(PATH)?.closed).toBe(true);
  });

  it('collects what is acknowledged', () => {
    const entry = { kind: 'acknowledged', time: LATER, key: 'x', version: '1', reason: 'r' } as const;
    const state = stateAfter(genesis(), { ...entry, sha256: 'a' }, { ...entry, sha256: 'b' });
    expect([...(state.acknowledged.get('x') ?? [])]).toEqual(['a', 'b']);
  });

  it('forgets closed shards of hours before a time, and no others', () => {
    const state = stateAfter(genesis(), shards({ closed: true }, { path: PATH.replace('hour=03', 'hour=02') }));
    state.forgetClosed(Date.parse(TIME));
    expect(state.shards.size).toBe(2);
    state.forgetClosed(Date.parse(TIME) + 1);
    expect([...state.shards.keys()]).toEqual([PATH.replace('hour=03', 'hour=02')]);
  });

  it.each<[string, RootEntry[]]>([
    ['an entry before genesis', [shards({})]],
    ['a second genesis', [genesis(), genesis()]],
    ['a genesis of another log', [genesis({ origin: 'other/local' })]],
    ['an admission key of another name', [genesis({ admission: new SeededSigner(LOG.origin, 'admission').vkey })]],
    ['an admission key that is none', [genesis({ admission: 'x' })]],
    ['a time before the last', [genesis({ time: LATER }), { kind: 'config', time: TIME, ...CONFIG }]],
    ['a shard that shrinks', [genesis(), shards({ size: 2 }), shards({ size: 1, closed: true })]],
    ['a shard that stays as it is', [genesis(), shards({ size: 2 }), shards({ size: 2 })]],
    ['a shard that grows after its close', [genesis(), shards({ closed: true }), shards({ size: 3 })]],
    ['a shard that closes twice', [genesis(), shards({ closed: true }), shards({ closed: true })]],
    ['a shard named twice', [genesis(), shards({ size: 1 }, { size: 2 })]],
  ])('refuses %s', (_, entries) => {
    const state = stateAfter(...entries.slice(0, -1));
    const size = state.shards.get(PATH)?.size;
    expect(() => state.apply(entries.at(-1) as RootEntry)).toThrow(expect.objectContaining({ name: 'Malformed' }));
    expect(state.shards.get(PATH)?.size).toBe(size);
  });
});
