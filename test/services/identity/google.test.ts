import { identifyBy } from '../../../lib/services/identity/identify';
import { FakeClock } from '../../fake-clock';
import { leafOf } from './leaf';

const identify = identifyBy('gclb-mtls', undefined, new FakeClock());

/** The headers that Google's load balancer sets for a client with a certificate. */
async function headersOf(name: string, uris: readonly string[] = []): Promise<Record<string, string>> {
  const pem = decodeURIComponent(await leafOf(name, uris));
  const der = pem.replace(/-----[A-Z ]+-----|\s/g, '');
  return {
    'x-client-cert-present': 'true',
    'x-client-cert-chain-verified': 'true',
    'x-client-cert-leaf': `:${der}:`,
  };
}

const by = (headers: Record<string, string>) => identify((name) => headers[name]);

test('takes the first URI SAN', async () => {
  expect(await by(await headersOf('CN=agent', ['spiffe://acme/agent']))).toBe('mtls:spiffe://acme/agent');
});

test('takes the CN where there is no URI SAN', async () => {
  expect(await by(await headersOf('CN=agent 7'))).toBe('mtls:agent 7');
});

test.each<[string, Record<string, string>]>([
  ['no certificate', { 'x-client-cert-present': 'false' }],
  ['a certificate that did not verify', { 'x-client-cert-chain-verified': 'false' }],
  ['no word on verification', { 'x-client-cert-chain-verified': '' }],
  ['two words at once', { 'x-client-cert-present': 'true, true' }],
  ['a leaf that is not there', { 'x-client-cert-leaf': '' }],
  ['a leaf without colons', { 'x-client-cert-leaf': 'AAAA' }],
  ['a leaf that is no certificate', { 'x-client-cert-leaf': ':AAAA:' }],
  ['a leaf that is too large', { 'x-client-cert-leaf': `:${'A'.repeat(33_000)}:` }],
])('knows nobody with %s', async (_, changes) => {
  expect(await by({ ...(await headersOf('CN=agent')), ...changes })).toBeUndefined();
});

test('believes no header of the edge or of another cloud', async () => {
  expect(await by({ 'x-audit-writer': 'mtls:edge' })).toBeUndefined();
});
