import { Residency } from '../../lib/policy';
import { codeOf } from './coded';

test('lists countries by jurisdiction', () => {
  expect(Residency.byCountry({ EU: ['DE', 'FR'], US: ['US'] }).countries).toEqual({ EU: ['DE', 'FR'], US: ['US'] });
});

test.each(['de', 'D', 'DEU', '', 'D1'])('%j is no country', (country) => {
  expect(codeOf(() => Residency.byCountry({ EU: [country] }))).toBe('country-malformed');
});

test('one country belongs to one jurisdiction', () => {
  expect(codeOf(() => Residency.byCountry({ EU: ['DE'], US: ['US', 'DE'] }))).toBe('country-duplicate');
});

test('one country is listed once', () => {
  expect(codeOf(() => Residency.byCountry({ EU: ['DE', 'DE'] }))).toBe('country-duplicate');
});

test('a jurisdiction without countries is refused', () => {
  expect(codeOf(() => Residency.byCountry({ EU: [] }))).toBe('list-length-out-of-range');
});

test.each(['eu', '__proto__', 'constructor'])('%s is no jurisdiction', (name) => {
  expect(codeOf(() => Residency.byCountry(JSON.parse(`{"${name}":["DE"]}`)))).toBe('jurisdiction-malformed');
});
