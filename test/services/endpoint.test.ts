import { isSafeEndpoint } from '../../lib/services/endpoint';

it.each([
  'https://storage.example.com',
  'https://10.0.0.1:9000',
  'http://127.0.0.1:1',
  'http://[::1]:1',
  'http://localhost',
])('%s is safe', (text) => {
  expect(isSafeEndpoint(text)).toBe(true);
});

it.each(['', 'nowhere', 'http://example.com', 'http://127.0.0.1.example.com', 'file:///etc/passwd', 'ftp://localhost'])(
  '%s is not',
  (text) => {
    expect(isSafeEndpoint(text)).toBe(false);
  },
);
