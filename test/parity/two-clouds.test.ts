import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GoogleDeployment, ImmutableAuditLog } from '../../lib/google';
import { AuditLogPolicy, Deployment } from '../../lib/policy';
import { evaluate } from '../google/edge-evaluator';
import { synthesized, UserStack } from '../google/synthesized';

const document = join(__dirname, '../../examples/policies/aws-and-google.json');
const policy = AuditLogPolicy.parse(readFileSync(document, 'utf8'));
const [aws, google] = [Deployment.example(policy), GoogleDeployment.example(policy)];

const stack = new UserStack();
new ImmutableAuditLog(stack, 'AuditLog', { policy, deployment: google });
const json = synthesized(stack);

const names = policy.regions.map(({ name }) => name);

test('each region is hosted by one cloud, and the other knows', () => {
  const onAws = aws.regions.map(({ name }) => name);
  expect(onAws).toEqual(google.elsewhere?.regions);
  expect([...onAws, ...aws.elsewhere.map(({ name }) => name)].sort()).toEqual([...names].sort());
});

test('both have the same names', () => {
  expect(google.domain).toBe(aws.domain);
});

test.each([
  ['ingest', 'POST', 'bank-audit-ingest-europe-west3'],
  ['query', 'GET', 'bank-audit-query-europe-west3'],
])(
  'canaries of AWS get in where Google answers for %s, at the name of the region and at the shared one',
  (path, method, backend) => {
    const { address } = aws.watch!;
    for (const host of [`europe-west3.${path}.${aws.domain}`, `${path}.${aws.domain}`]) {
      expect(evaluate(json, { host, method, path: '/v1/events', source: address })).toBe(backend);
    }
    const abroad = `eu-central-1.${path}.${aws.domain}`;
    expect(evaluate(json, { host: abroad, method, path: '/v1/events', source: address })).toBe(404);
  },
);
