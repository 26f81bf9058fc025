import { EdgeNetwork } from '../../lib/google';
import { codeOf } from '../policy/coded';
import { all, synthesized, UserStack } from './synthesized';

/** https://cloud.google.com/compute/docs/regions-zones, as of 2026. */
const REGIONS = [
  'africa-south1',
  ...[
    'asia-east1',
    'asia-east2',
    'asia-northeast1',
    'asia-northeast2',
    'asia-northeast3',
    'asia-south1',
    'asia-south2',
  ],
  ...['asia-southeast1', 'asia-southeast2', 'asia-southeast3', 'australia-southeast1', 'australia-southeast2'],
  ...['europe-central2', 'europe-north1', 'europe-north2', 'europe-southwest1', 'europe-west1', 'europe-west2'],
  ...['europe-west3', 'europe-west4', 'europe-west6', 'europe-west8', 'europe-west9', 'europe-west10', 'europe-west12'],
  ...['me-central1', 'me-central2', 'me-west1', 'northamerica-northeast1', 'northamerica-northeast2'],
  ...['northamerica-south1', 'southamerica-east1', 'southamerica-west1', 'us-central1', 'us-east1', 'us-east4'],
  ...['us-east5', 'us-south1', 'us-west1', 'us-west2', 'us-west3', 'us-west4'],
];

function rangesOf(regions: string[]): Map<string, string> {
  const stack = new UserStack();
  new EdgeNetwork(stack, 'Network', { name: 'edge', regions });
  const subnets = all(synthesized(stack), 'google_compute_subnetwork');
  return new Map(subnets.map(({ region, ip_cidr_range: range }) => [region, range]));
}

test('the first of three regions goes, and the ranges of the others stay', () => {
  const [first, ...others] = ['europe-west3', 'europe-west1', 'us-east1'];
  const before = rangesOf([first ?? '', ...others]);
  before.delete(first ?? '');
  expect(rangesOf(others)).toEqual(before);
});

test('all regions that there are have ranges of their own', () => {
  const ranges = rangesOf(REGIONS);
  expect(new Set(ranges.values()).size).toBe(43);
  for (const range of ranges.values()) expect(range).toMatch(/^10\.\d{1,3}\.\d{0,2}[02468]\.0\/23$/);
});

test.each([
  ['of two names that meet', ['r43', 'r218']],
  ['listed twice', ['us-east1', 'us-east1']],
])('regions %s are refused', (_, regions) => {
  expect(codeOf(() => rangesOf(regions))).toBe('network-range-taken');
});
