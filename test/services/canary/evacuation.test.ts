import { parseEvacuation } from '../../../lib/services/canary/evacuation';
import { codeOf } from '../../policy/coded';

const targets = ['eu-central-1', 'eu-central-2'].flatMap((region) =>
  (['ingest', 'query'] as const).map((path) => ({ region, path, origin: `https://${region}.${path}.example.com` })),
);
const parse = (text: string) => parseEvacuation(text, targets).map(({ region, path }) => `${region}/${path}`);

test.each<[string, string[]]>([
  ['none', []],
  [' none\n', []],
  ['eu-central-1', ['eu-central-1/ingest', 'eu-central-1/query']],
  ['eu-central-1/query', ['eu-central-1/query']],
  ['eu-central-1/query,eu-central-2/ingest', ['eu-central-1/query', 'eu-central-2/ingest']],
  ['eu-central-2, eu-central-1/ingest', ['eu-central-1/ingest', 'eu-central-2/ingest', 'eu-central-2/query']],
  ['eu-central-1,eu-central-1/ingest', ['eu-central-1/ingest', 'eu-central-1/query']],
])('%j evacuates %j', (text, evacuated) => {
  expect(parse(text)).toEqual(evacuated);
});

test.each([
  '',
  ',',
  'eu-central',
  'eu-central-1/',
  'eu-central-1/seal',
  'EU-CENTRAL-1',
  'none,eu-central-1',
  'eu-central-1,',
  'eu-central-1,us-east-1',
  'eu-central-1 eu-central-2',
  '*',
])('%j is refused as a whole', (text) => {
  expect(codeOf(() => parse(text))).toBe('evacuation-malformed');
});
