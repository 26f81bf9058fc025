import { Region } from '../../lib/policy';
import { codeOf } from './coded';

test.each(['eu-central-1', 'local', 'europe-west3', 'a', 'a'.repeat(40)])('%s is a region', (name) => {
  expect(Region.of({ name, jurisdiction: 'EU' })).toMatchObject({ name, jurisdiction: 'EU' });
});

test.each(['', '-', '-a', 'a-', 'EU', 'eu_central', 'eu/central', 'eu central', 'local\n', 'a'.repeat(41)])(
  '%j is no region',
  (name) => {
    expect(codeOf(() => Region.of({ name, jurisdiction: 'EU' }))).toBe('region-malformed');
  },
);

test.each(['E', 'EU', 'US-CA', 'LOCAL', 'A'.repeat(32)])('%s is a jurisdiction', (jurisdiction) => {
  expect(Region.of({ name: 'local', jurisdiction }).jurisdiction).toBe(jurisdiction);
});

test.each(['', 'eu', 'Eu', '1EU', '-EU', '__proto__', 'A'.repeat(33)])('%j is no jurisdiction', (jurisdiction) => {
  expect(codeOf(() => Region.of({ name: 'local', jurisdiction }))).toBe('jurisdiction-malformed');
});
