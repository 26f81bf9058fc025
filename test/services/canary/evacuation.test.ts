import { parseEvacuation } from '../../../lib/services/canary/evacuation';

const targets = ['eu-central-1', 'eu-central-2'].flatMap((region) =>
  (['ingest', 'query'] as const).map((path) => {
    return { region, path, origin: `https://${region}.${path}.example.com`, host: `${path}.example.com` };
  }),
);
const evacuatedBy = (text: string) =>
  parseEvacuation(text, targets).targets.map(({ region, path }) => `${region}/${path}`);
const unknownIn = (text: string) => parseEvacuation(text, targets).unknown;

test.each<[string, string[]]>([
  ['none', []],
  [' none\n', []],
  ['eu-central-1', ['eu-central-1/ingest', 'eu-central-1/query']],
  ['eu-central-1/query', ['eu-central-1/query']],
  ['eu-central-1/query,eu-central-2/ingest', ['eu-central-1/query', 'eu-central-2/ingest']],
  ['eu-central-2, eu-central-1/ingest', ['eu-central-1/ingest', 'eu-central-2/ingest', 'eu-central-2/query']],
  ['eu-central-1,eu-central-1/ingest', ['eu-central-1/ingest', 'eu-central-1/query']],
])('%j evacuates %j', (text, evacuated) => {
  expect([evacuatedBy(text), unknownIn(text)]).toEqual([evacuated, []]);
});

test.each<[string, string[], string[]]>([
  ['eu-central-1/query,us-east-1', ['us-east-1'], ['eu-central-1/query']],
  ['eu-central-9,eu-central-1/query', ['eu-central-9'], ['eu-central-1/query']],
  ['none,eu-central-1/query', ['none'], ['eu-central-1/query']],
  ['eu-central-1/query,', [''], ['eu-central-1/query']],
  ['eu-central-1/seal,eu-central-1/query', ['eu-central-1/seal'], ['eu-central-1/query']],
  ['', [''], []],
  [',', ['', ''], []],
  ['eu-central', ['eu-central'], []],
  ['eu-central-1/', ['eu-central-1/'], []],
  ['EU-CENTRAL-1', ['EU-CENTRAL-1'], []],
  ['eu-central-1 eu-central-2', ['eu-central-1 eu-central-2'], []],
  ['*', ['*'], []],
])('%j: %j is not there, and %j is evacuated', (text, unknown, evacuated) => {
  expect([unknownIn(text), evacuatedBy(text)]).toEqual([unknown, evacuated]);
});
