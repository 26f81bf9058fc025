process.env.CDK_VALIDATION = 'false';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReadTarget, WriteTarget } from '../../lib/aws';
import { ArchiveTemplate } from '../../lib/aws/org-archive-template';
import { AuditLogPolicy, Deployment } from '../../lib/policy';
import { SynthesizedLog } from './multi-region-logs';

const document = join(__dirname, '../../examples/policies/three-jurisdictions.json');
const policy = AuditLogPolicy.parse(readFileSync(document, 'utf8'));
const regions = policy.regions.map(({ name }) => name);

interface Output {
  readonly Condition?: string;
  readonly Export?: { readonly Name: unknown };
}

const template = JSON.parse(ArchiveTemplate.archives(policy, Deployment.example(policy)).text);

/** Whether a condition of the template holds in a region: it is made of comparisons with `AWS::Region`. */
function holds(condition: Record<string, unknown>, region: string): boolean {
  const [[name, argument] = []] = Object.entries(condition);
  if (name === 'Fn::Equals') return (argument as unknown[])[1] === region;
  return (argument as Record<string, unknown>[]).some((each) => holds(each, region));
}

function exportsIn(region: string): unknown[] {
  const outputs = Object.values(template.Outputs as Record<string, Output>);
  return outputs
    .filter(({ Condition }) => Condition === undefined || holds(template.Conditions[Condition], region))
    .flatMap(({ Export }) => (Export === undefined ? [] : [Export.Name]));
}

function importsOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === 'Fn::ImportValue' ? [inner] : importsOf(inner)));
}

describe.each([
  ['the defaults', {}],
  ['tasks and functions', { writeTarget: WriteTarget.fargate(), readTarget: ReadTarget.lambda() }],
])('an archive of a StackSet carries a log with %s', (_, targets) => {
  const log = new SynthesizedLog(policy, {}, targets);

  test.each(regions)('in %s, whose front imports nothing else than it exports', (region) => {
    const front = log.stack(`acme-audit/${region}/front`);
    const imported = importsOf(front.resources);
    expect(imported.length).toBeGreaterThan(5);
    expect(exportsIn(region)).toEqual(expect.arrayContaining(imported));
  });
});

test('nothing of a log but its fronts imports anything', () => {
  const log = new SynthesizedLog(policy);
  const importing = [...log.stacks].filter(([, { resources }]) => importsOf(resources).length > 0);
  expect(importing.map(([path]) => path).sort()).toEqual(regions.map((region) => `acme-audit/${region}/front`).sort());
});
