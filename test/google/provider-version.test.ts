import { ProviderVersion } from '../../lib/google';
import { codeOf } from '../policy/coded';

test.each([
  ['8.5.0', '>= 8.5.0, < 9.0.0'],
  ['8.10.1', '>= 8.10.1, < 9.0.0'],
  ['9.0.0', '>= 9.0.0, < 10.0.0'],
])('at least %s is %s', (version, constraint) => {
  expect(ProviderVersion.atLeast(version).constraint).toBe(constraint);
});

test.each(['8.4.9', '7.40.0', '6.50.0', '8.5', 'v8.5.0', '>= 8.5.0', ''])('at least %j is refused', (version) => {
  expect(codeOf(() => ProviderVersion.atLeast(version))).toBe('provider-version-unusable');
});
