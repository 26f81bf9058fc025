import { JURISDICTION_HEADER, jurisdictionOf, jurisdictionToEnv } from '../../../lib/services/identity/config';
import { fromJurisdiction } from '../../../lib/services/identity/jurisdiction';
import { codeOf } from '../../policy/coded';

const asking = (headers: Record<string, string>) => (name: string) => headers[name];

test('the mark of the firewall lets a sender be identified', async () => {
  const identify = fromJurisdiction('EU', async (header) => header('x-audit-writer'));
  const header = asking({ [JURISDICTION_HEADER]: 'EU', 'x-audit-writer': 'mtls:agent' });
  expect(await identify(header)).toBe('mtls:agent');
});

test.each([
  {},
  { [JURISDICTION_HEADER]: '' },
  ...['US', 'eu', 'EU, EU', ' EU', 'EUX'].map((mark) => ({ [JURISDICTION_HEADER]: mark })),
])('nobody is identified with %j', async (headers) => {
  const asked = jest.fn();
  await expect(fromJurisdiction('EU', asked)(asking(headers))).rejects.toMatchObject({ code: 'jurisdiction-unproved' });
  expect(asked).not.toHaveBeenCalled();
});

test('without a jurisdiction no mark is looked for', async () => {
  expect(await fromJurisdiction(undefined, async () => 'anonymous')(asking({}))).toBe('anonymous');
});

test.each(['EU', 'US-GOV', 'A1', undefined])('the setting %j is read as it is written', (jurisdiction) => {
  expect(jurisdictionOf(jurisdictionToEnv(jurisdiction))).toBe(jurisdiction);
});

test.each(['', 'eu', 'E U', '-EU', `A${'B'.repeat(32)}`])(
  'the setting %j is refused: a typing error must not open the region',
  (text) => {
    expect(codeOf(() => jurisdictionOf({ AUDIT_JURISDICTION: text }))).toBe('setting-invalid');
  },
);
