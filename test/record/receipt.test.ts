import fc from 'fast-check';
import {
  encodeBody,
  formatCheckpoint,
  formatEndorsement,
  formatRangeProof,
  HOUR_MS,
  LogName,
  Malformed,
  openReceipt,
  parseKeptReceipt,
  type Receipt,
  splitJson,
} from '../../lib/record';
import { FixedKey } from './fixed-key';
import { cover, leafHashes, mth } from './naive-tree';

const LOG = new LogName('acme', 'local');
const SHARD = '0123456789abcdef0123456789abcdef';
const HOUR = Date.parse('2026-10-16T23:00:00.000Z');
const RECEIVED = HOUR + 61_007;
const ADMISSION = new FixedKey(LOG.admission);
const KEY = new FixedKey(LOG.shardOrigin(SHARD));
const ENDORSEMENT = ADMISSION.note(formatEndorsement(LOG, KEY.vkey, HOUR, HOUR + 60_000));

function checkpointOf(leaves: readonly Buffer[], size = leaves.length): string {
  return KEY.note(formatCheckpoint({ origin: LOG.shardOrigin(SHARD), size, root: mth(leaves, 0, size) }));
}

function receiptFor(leaves: readonly Buffer[], first: number, count: number, size = leaves.length): Receipt {
  return {
    origin: LOG.shardOrigin(SHARD),
    first,
    count,
    received: new Date(RECEIVED).toISOString(),
    writer: 'anonymous',
    checkpoint: checkpointOf(leaves, size),
    endorsement: ENDORSEMENT,
    proof: formatRangeProof({ left: cover(leaves, 0, first), right: cover(leaves, first + count, size) }),
  };
}

const LEAVES = leafHashes(600);

describe('a receipt', () => {
  it('proves its leaves for every (first, count, size) up to 40', () => {
    for (let size = 1; size <= 40; size++) {
      const whole = receiptFor(LEAVES, 0, size, size);
      for (let first = 0; first < size; first++) {
        for (let count = 1; first + count <= size; count += 1 + (count >> 2)) {
          const proof = formatRangeProof({ left: cover(LEAVES, 0, first), right: cover(LEAVES, first + count, size) });
          const proved = openReceipt(
            { ...whole, first, count, proof },
            LEAVES.slice(first, first + count),
            ADMISSION.verifier,
          );
          expect([proved.first, proved.leaves.length, proved.size]).toEqual([first, count, size]);
        }
      }
    }
  });

  it('proves random ranges to 600', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.nat(), fc.nat(), (size, a, b) => {
        const first = a % size;
        const count = 1 + (b % (size - first));
        const receipt = receiptFor(LEAVES, first, count, size);
        expect(openReceipt(receipt, LEAVES.slice(first, first + count), ADMISSION.verifier).root).toEqual(
          mth(LEAVES, 0, size),
        );
      }),
    );
  });

  it('says which log, hour and shard', () => {
    const proved = openReceipt(receiptFor(LEAVES, 3, 2, 9), LEAVES.slice(3, 5), ADMISSION.verifier);
    expect(proved).toMatchObject({ log: LOG, hour: HOUR, shard: SHARD, first: 3, size: 9 });
  });
});

describe('a changed receipt', () => {
  const leaves = LEAVES.slice(0, 13);
  const receipt = receiptFor(leaves, 5, 3);
  const hash = (LEAVES[20] as Buffer).toString('base64');
  const { left, right } = receipt.proof;
  const otherShard = new FixedKey(LOG.shardOrigin('f'.repeat(32)));
  const stranger = new FixedKey(LOG.admission, 'stranger');

  it('is whole before it is changed', () => {
    expect(openReceipt(receipt, leaves.slice(5, 8), ADMISSION.verifier).size).toBe(13);
  });

  it.each<[string, object]>([
    ['origin: another shard', { origin: LOG.shardOrigin('f'.repeat(32)) }],
    ['origin: another log', { origin: `acme/other/${SHARD}` }],
    ['origin: no shard', { origin: 'acme/local' }],
    ['origin: no log', { origin: `acme/${SHARD}` }],
    ['origin: a line end', { origin: `${receipt.origin}\n` }],
    ['first: one less', { first: 4 }],
    ['first: one more', { first: 6 }],
    ['first: beyond the tree', { first: 11 }],
    ['first: beyond exact integers', { first: 2 ** 53 }],
    ['first: negative', { first: -1 }],
    ['first: text', { first: '5' }],
    ['count: one less', { count: 2 }],
    ['count: one more', { count: 4 }],
    ['count: none', { count: 0 }],
    ['received: an hour later', { received: new Date(RECEIVED + HOUR_MS).toISOString() }],
    ['received: an hour earlier', { received: new Date(RECEIVED - HOUR_MS).toISOString() }],
    ['received: before the endorsement', { received: new Date(HOUR + 59_999).toISOString() }],
    ['received: at the hour end', { received: new Date(HOUR + HOUR_MS).toISOString() }],
    ['received: other spelling', { received: '2026-10-16T23:01:01.007+00:00' }],
    ['received: no time', { received: 'now' }],
    ['writer: a number', { writer: 7 }],
    ['checkpoint: another size', { checkpoint: checkpointOf(leaves, 12) }],
    ['checkpoint: another root', { checkpoint: checkpointOf(LEAVES.slice(1), 13) }],
    ['checkpoint: by another shard', { checkpoint: otherShard.note(receipt.checkpoint.split('\n\n')[0] as string) }],
    [
      'checkpoint: of another origin',
      { checkpoint: KEY.note(receipt.checkpoint.split('\n—')[0]?.replace('acme/local', 'acme/other') as string) },
    ],
    ['checkpoint: not signed', { checkpoint: '' }],
    ['checkpoint: an extension line', { checkpoint: KEY.note(`${receipt.checkpoint.split('\n\n')[0]}\nextension\n`) }],
    ['endorsement: by a stranger', { endorsement: stranger.note(`${ENDORSEMENT.split('\n\n')[0]}\n`) }],
    [
      'endorsement: of another shard',
      { endorsement: ADMISSION.note(formatEndorsement(LOG, otherShard.vkey, HOUR, HOUR)) },
    ],
    [
      'endorsement: of another hour',
      { endorsement: ADMISSION.note(formatEndorsement(LOG, KEY.vkey, HOUR - HOUR_MS, HOUR)) },
    ],
    ['endorsement: nothing', { endorsement: '' }],
    ['proof: a left hash changed', { proof: { left: [hash, ...left.slice(1)], right } }],
    ['proof: a right hash changed', { proof: { left, right: [hash, ...right.slice(1)] } }],
    ['proof: a left hash less', { proof: { left: left.slice(1), right } }],
    ['proof: a right hash more', { proof: { left, right: [...right, hash] } }],
    ['proof: no base64', { proof: { left: left.map(() => '?'), right } }],
    ['proof: numbers', { proof: { left: [1], right } }],
    ['proof: no array', { proof: { left: 'x', right } }],
    ['proof: null', { proof: null }],
  ])('is refused: %s', (_, change) => {
    const changed = { ...receipt, ...change } as Receipt;
    expect(() => openReceipt(changed, leaves.slice(5, 8), ADMISSION.verifier)).toThrow(Malformed);
  });

  it.each(Object.keys(receipt))('is refused without %s', (name) => {
    const { [name as keyof Receipt]: _, ...rest } = receipt;
    expect(() => openReceipt(rest as Receipt, leaves.slice(5, 8), ADMISSION.verifier)).toThrow(Malformed);
  });

  it.each([
    ['other leaves', leaves.slice(4, 7)],
    ['leaves in other order', leaves.slice(5, 8).reverse()],
    ['no leaves', []],
    ['a leaf of 33 bytes', [...leaves.slice(5, 7), Buffer.concat([leaves[7] as Buffer, Buffer.alloc(1)])]],
  ])('is refused with %s', (_, other) => {
    expect(() => openReceipt(receipt, other, ADMISSION.verifier)).toThrow(Malformed);
  });

  it.each([null, undefined, 7, 'x', []])('is refused when it is %j', (value) => {
    expect(() => openReceipt(value as unknown as Receipt, leaves.slice(5, 8))).toThrow(Malformed);
  });

  it('is held to its shard and hour without the admission key too', () => {
    expect(
      openReceipt({ ...receipt, endorsement: stranger.note(`${ENDORSEMENT.split('\n\n')[0]}\n`) }, leaves.slice(5, 8))
        .first,
    ).toBe(5);
    const other = ADMISSION.note(formatEndorsement(LOG, KEY.vkey, HOUR - HOUR_MS, HOUR));
    expect(() => openReceipt({ ...receipt, endorsement: other }, leaves.slice(5, 8))).toThrow(Malformed);
  });
});

describe('a client that rebuilds its leaves', () => {
  const values = splitJson('[{"action":"a"},{"action":"b"}]');
  const envelope = { received: RECEIVED, writer: 'jwt:ann', idempotencyKey: 'k' };
  const { leaves } = encodeBody(values, envelope);
  const receipt = { ...receiptFor(leaves, 0, 2), writer: 'jwt:ann' };
  const rebuilt = ({ received, writer }: Receipt) =>
    encodeBody(values, { received: Date.parse(received), writer, idempotencyKey: 'k' }).leaves;

  it('finds them in the shard', () => {
    expect(openReceipt(receipt, rebuilt(receipt), ADMISSION.verifier).leaves).toEqual(leaves);
  });

  it.each([{ writer: 'jwt:eve' }, { received: new Date(RECEIVED + 1).toISOString() }])(
    'finds out about %j',
    (change) => {
      const changed = { ...receipt, ...change };
      expect(() => openReceipt(changed, rebuilt(changed), ADMISSION.verifier)).toThrow(Malformed);
    },
  );
});

describe('a line of a receipts file', () => {
  const receipt = receiptFor(LEAVES, 0, 1, 1);
  const leaf = (LEAVES[0] as Buffer).toString('base64');

  it('gives receipt and leaves', () => {
    expect(parseKeptReceipt(JSON.stringify({ receipt, leaves: [leaf] }))).toEqual({ receipt, leaves: [LEAVES[0]] });
  });

  it.each([
    '',
    'null',
    '7',
    '[]',
    '{}',
    JSON.stringify({ receipt }),
    JSON.stringify({ leaves: [leaf] }),
    JSON.stringify({ receipt: null, leaves: [leaf] }),
    JSON.stringify({ receipt, leaves: leaf }),
    JSON.stringify({ receipt, leaves: [7] }),
    JSON.stringify({ receipt, leaves: [{ toString: 1 }] }),
    JSON.stringify({ receipt, leaves: ['AA=='] }),
    JSON.stringify({ receipt, leaves: ['#'] }).replace('"#"', '['.repeat(100_000) + ']'.repeat(100_000)),
  ])('is refused: %.60s', (line) => {
    expect(() => parseKeptReceipt(line)).toThrow(Malformed);
  });
});
