import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { mergeRanges, parseAddress, parseNetwork, printNetwork } from '../../lib/policy/ip-network';

const version6 = fc.oneof(
  fc.ipV6().filter((text) => !text.includes('%')),
  fc.array(fc.constantFrom('0', '0', '1', 'ffff'), { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':')),
);

test('reads every address that node:net reads', () => {
  fc.assert(fc.property(fc.oneof(fc.ipV4(), version6), (text) => parseAddress(text)?.version === isIP(text)));
});

test('reads no text that node:net does not read', () => {
  const text = fc.string({ unit: fc.constantFrom(':', '::', '.', '0', '1', 'f', '255', '256', '/'), maxLength: 20 });
  fc.assert(
    fc.property(text, (given) => (parseAddress(given)?.version ?? 0) === isIP(given)),
    { numRuns: 5_000 },
  );
});

test('prints IPv6 as URLs do (RFC 5952)', () => {
  fc.assert(
    fc.property(version6, (text) => {
      const printed = printNetwork(parseNetwork(`${text}/128`)!.network);
      expect(`[${printed.replace('/128', '')}]`).toBe(new URL(`http://[${text}]`).hostname);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1:0:0:2:3:0:0:4', '1::2:3:0:0:4'],
  ['0:1:0:1:0:1:0:1', '0:1:0:1:0:1:0:1'],
  ['10:0:0:0:0:0:0:10', '10::10'],
  ['0:0:0:0:0:0:0:0', '::'],
])('%s is printed %s', (given, printed) => {
  expect(printNetwork(parseNetwork(`${given}/128`)!.network)).toBe(`${printed}/128`);
});

test('a network holds the addresses that node:net says', () => {
  const networks = fc.oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }), fc.ipV4()),
    fc.tuple(version6, fc.integer({ min: 0, max: 128 }), version6),
  );
  fc.assert(
    fc.property(networks, ([host, prefix, other]) => {
      const list = new BlockList();
      list.addSubnet(host, prefix, isIP(host) === 4 ? 'ipv4' : 'ipv6');
      const { network } = parseNetwork(`${host}/${prefix}`)!;
      const { value } = parseAddress(other)!;
      expect(network.first <= value && value <= network.last).toBe(
        list.check(other, isIP(other) === 4 ? 'ipv4' : 'ipv6'),
      );
    }),
  );
});

test('merging keeps the set of addresses and leaves gaps between ranges', () => {
  const range = fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 8 }))
    .map(([first, more]) => ({ version: 4 as const, first: BigInt(first), last: BigInt(first + more) }));
  const holds = (ranges: readonly { first: bigint; last: bigint }[], value: bigint) =>
    ranges.some((each) => each.first <= value && value <= each.last);
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), (ranges) => {
      const merged = mergeRanges(ranges);
      for (let value = 0n; value < 70n; value += 1n) expect(holds(merged, value)).toBe(holds(ranges, value));
      for (const [i, each] of merged.slice(1).entries()) expect(each.first > merged[i]!.last + 1n).toBe(true);
    }),
  );
});

test('ranges of two versions never merge', () => {
  const [version4, version6Range] = [parseNetwork('0.0.0.0/8')!.network, parseNetwork('::/96')!.network];
  expect(mergeRanges([version6Range, version4])).toEqual([version4, version6Range]);
});
