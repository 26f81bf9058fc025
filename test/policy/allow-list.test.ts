import { AllowList } from '../../lib/policy';
import { codeOf, errorOf } from './coded';

test.each([
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['255.255.255.255/32', '255.255.255.255/32'],
  ['2001:DB8::/32', '2001:db8::/32'],
  ['2001:db8:0:0:1:0:0:0/80', '2001:db8:0:0:1::/80'],
  ['0:0:0:0:0:0:0:1/128', '::1/128'],
  ['64:ff9b::192.0.2.0/120', '64:ff9b::c000:200/120'],
])('%s is written %s', (given, canonical) => {
  expect(AllowList.of([given]).networks).toEqual([canonical]);
});

test('keeps the order and drops what is listed twice', () => {
  expect(AllowList.of(['::1/128', '10.0.0.0/8', '0::1/128']).networks).toEqual(['::1/128', '10.0.0.0/8']);
});

test.each([
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0.0/08',
  '10.0.0/8',
  '010.0.0.0/8',
  '256.0.0.0/8',
  '10.0.0.0/8 ',
  '::/129',
  ':::/8',
  '1::2::3/128',
  '1:2:3:4:5:6:7/128',
  '1:2:3:4:5:6:7:8:9/128',
  '1:2:3:4:5:6:7:8::/128',
  'fe80::1%eth0/128',
  '12345::/32',
  '::1.2.3/128',
  'localhost/32',
  '',
  '/',
])('%j is no network', (network) => {
  expect(codeOf(() => AllowList.of([network]))).toBe('network-malformed');
});

test.each([
  ['10.0.0.1/8', '10.0.0.0/8'],
  ['192.0.2.129/25', '192.0.2.128/25'],
  ['2001:db8::1/32', '2001:db8::/32'],
])('host bits of %s are refused with the network %s', (given, network) => {
  const error = errorOf(() => AllowList.of([given]));
  expect(error.code).toBe('network-host-bits');
  expect(error.details.fix).toContain(network);
});

test.each(['::ffff:10.0.0.0/104', '::ffff:0:0/96'])('%s hides an IPv4 network', (network) => {
  expect(codeOf(() => AllowList.of([network]))).toBe('network-mapped');
});

test.each([
  ['all of IPv4', ['0.0.0.0/0']],
  ['all of IPv6', ['10.0.0.0/8', '::/0']],
  ['both halves of IPv4', ['128.0.0.0/1', '10.0.0.0/8', '0.0.0.0/1']],
  ['four quarters of IPv6', ['c000::/2', '::/2', '4000::/2', '8000::/2']],
])('%s must be said in a word', (_, networks) => {
  const error = errorOf(() => AllowList.of(networks));
  expect(error.code).toBe('allow-internet');
  expect(error.details.fix).toContain('AllowList.internet()');
});

test('half of the internet is a list like any other', () => {
  expect(AllowList.of(['0.0.0.0/1']).isInternet).toBe(false);
});

test('the internet is every address of both versions', () => {
  const list = AllowList.internet();
  expect(list.isInternet).toBe(true);
  expect(list.networks).toEqual(['0.0.0.0/0', '::/0']);
  expect(list.admits('192.0.2.1') && list.admits('2001:db8::1')).toBe(true);
});

test('an empty list is refused', () => {
  expect(codeOf(() => AllowList.of([]))).toBe('list-length-out-of-range');
});

const many = (count: number) => Array.from({ length: count }, (_, i) => `10.${(i >> 8) & 255}.${i & 255}.0/24`);

test('10,000 networks are the most', () => {
  expect(AllowList.of(many(10_000)).networks).toHaveLength(10_000);
  expect(codeOf(() => AllowList.of(many(10_001)))).toBe('list-length-out-of-range');
});

describe('admits', () => {
  const list = AllowList.of([
    '192.0.2.0/25',
    '192.0.2.128/26',
    '10.1.0.0/16',
    '2001:db8::/32',
    '::1/128',
    '10.0.0.0/8',
  ]);

  test.each([
    '192.0.2.0',
    '192.0.2.191',
    '10.0.0.0',
    '10.255.255.255',
    '2001:db8::',
    '2001:db8:ffff::ffff',
    '::1',
    '0:0::1',
  ])('%s', (address) => {
    expect(list.admits(address)).toBe(true);
  });

  test('an IPv4 client that a socket shows as IPv6', () => {
    expect(list.admits('::ffff:10.0.0.1')).toBe(true);
    expect(list.admits('::ffff:a00:1')).toBe(true);
    expect(list.admits('::ffff:11.0.0.1')).toBe(false);
  });

  test.each(['192.0.2.192', '192.0.1.255', '9.255.255.255', '11.0.0.0', '2001:db7:ffff::', '2001:db9::', '::', '::2'])(
    'not %s',
    (address) => {
      expect(list.admits(address)).toBe(false);
    },
  );

  test.each(['', 'localhost', '10.0.0.1/8', '10.0.0.1 ', '::1%lo', '010.0.0.1', '10.1', '1'.repeat(1000)])(
    'not %j, which is no address',
    (address) => {
      expect(list.admits(address)).toBe(false);
    },
  );

  test('no IPv6 address by a list of IPv4, even of the same number', () => {
    expect(AllowList.of(['0.0.0.0/8']).admits('::1')).toBe(false);
  });
});
