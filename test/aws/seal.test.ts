import { NetworkReach, Seal } from '../../lib/aws';
import { fromEnv } from '../../lib/services/seal/config';
import { DISPOSABLE, GOVERNANCE } from './archives';
import { Front, only, policyOf } from './fronts';
import { PolicySimulator } from './policy-simulator';

function seal(policy = policyOf({})): Front {
  const front = new Front(NetworkReach.NONE, policy);
  new Seal(front.stack, 'Seal', { archive: front.context.archive });
  return front;
}

const front = seal();
const { template } = front;
const lambda = only(template, 'AWS::Lambda::Function').Properties;

test('runs every minute', () => {
  const rule = only(template, 'AWS::Events::Rule').Properties;
  expect(rule).toMatchObject({ ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' });
  expect(rule.Targets).toMatchObject([{ RetryPolicy: { MaximumRetryAttempts: 0 } }]);
});

test('never runs twice at once, and lets no rounds pile up', () => {
  expect(lambda.ReservedConcurrentExecutions).toBe(1);
  expect(only(template, 'AWS::Lambda::EventInvokeConfig').Properties).toMatchObject({
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 60,
  });
});

test('is invoked by its schedule and by nothing else', () => {
  expect(only(template, 'AWS::Lambda::Permission').Properties).toMatchObject({
    Principal: 'events.amazonaws.com',
    SourceArn: { 'Fn::GetAtt': [expect.stringContaining('SealSchedule'), 'Arn'] },
  });
});

test('runs as the only role that may use the log key', async () => {
  expect(JSON.stringify(lambda.Role)).toContain('RolesSeal');
  const simulator = new PolicySimulator([front.archiveStack, front.stack]);
  const resource = simulator.find('AWS::KMS::Key', 'ArchiveLogKey').arn;
  const context = { 'kms:SigningAlgorithm': 'ED25519_SHA_512', 'kms:MessageType': 'RAW' };
  const decisions = await Promise.all(
    ['Seal', 'Ingest', 'Query', 'View', 'Verification'].map((role) =>
      simulator.decide({ by: simulator.role(`ArchiveRoles${role}`), action: 'kms:Sign', resource, context }),
    ),
  );
  expect(decisions).toEqual(['Allowed', ...Array(4).fill('ExplicitlyDenied')]);
});

test.each([
  ['compliance', policyOf({}), 'compliance', 2557],
  ['governance', policyOf({ retention: GOVERNANCE }), 'governance', 30],
  ['disposable', policyOf({ retention: DISPOSABLE }), 'governance', 1],
])('states the retention of the policy: %s', (_, policy, mode, days) => {
  const { Variables } = only(seal(policy).template, 'AWS::Lambda::Function').Properties.Environment;
  const key = 'awskms:arn:aws:kms:eu-central-1:111122223333:key/1';
  const settings = fromEnv({
    ...Variables,
    AUDIT_STORE: 's3://records',
    AUDIT_LOG_KEY: key,
    AUDIT_ADMISSION_VKEY: key,
  });
  expect(settings).toMatchObject({ origin: 'acme-audit/eu-central-1', retention: { mode, days }, intervalMs: 60_000 });
});

test('names both keys where KMS has them', () => {
  const { Variables } = lambda.Environment;
  expect(JSON.stringify(Variables.AUDIT_LOG_KEY)).toMatch(/"awskms:".*ArchiveLogKey/);
  expect(JSON.stringify(Variables.AUDIT_ADMISSION_VKEY)).toMatch(/"awskms:".*ArchiveAdmissionKey/);
});
