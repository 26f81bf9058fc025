import { App, Stack, Stage, Validations } from 'aws-cdk-lib';
import { CfnFunction, CfnUrl } from 'aws-cdk-lib/aws-lambda';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import {
  ArchiveStack,
  AuditLogChecks,
  AuditLogStack,
  FrontDoor,
  ReadTarget,
  WormBucket,
  WriteTarget,
} from '../../lib/aws';
import { Deployment } from '../../lib/policy';
import { BREAK_GLASS, firstRegion } from './archives';
import { CheckedArchive, CheckedLog } from './checked-app';
import { ALIKE, ALIKE_BY_CERTIFICATE, MIXED } from './front-doors';

const REASON = 'the records of this test are not worth keeping';

test.each<[string, () => CheckedLog]>([
  ['on functions', () => new CheckedLog({ readTarget: ReadTarget.lambda() })],
  ['on tasks', () => new CheckedLog({ writeTarget: WriteTarget.fargate() })],
  ['by tokens', () => new CheckedLog({ policy: ALIKE })],
  ['by certificates', () => new CheckedLog({ policy: ALIKE_BY_CERTIFICATE })],
  ['behind one load balancer', () => new CheckedLog({ policy: ALIKE, frontDoor: FrontDoor.shared() })],
])('a log as it is made passes: %s', (_, make) => {
  expect(make().violations()).toEqual([]);
});

test('an app in which statements of policies are minimized passes', () => {
  expect(new CheckedLog({}, { '@aws-cdk/aws-iam:minimizePolicies': true }).violations()).toEqual([]);
});

describe('with two regions in one app', () => {
  const regions = (broken: number) => {
    const app = new App();
    Validations.of(app).addPlugins(new AuditLogChecks());
    const deployment = Deployment.example(MIXED);
    const logs = MIXED.regions.map((region) => {
      const env = { account: '111122223333', region: region.name };
      return new AuditLogStack(app, region.name, { policy: MIXED, deployment, region }, { env }).auditLog;
    });
    const seal = logs[broken]?.seal.node.findAll().find((each) => each instanceof CfnFunction);
    new CfnUrl(Stack.of(seal!), 'Url', { authType: 'NONE', targetFunctionArn: (seal as CfnFunction).ref });
    return app;
  };

  // Their archives have one name, and so have the exports.
  test.each([0, 1])('finds what is broken in number %s', (broken) => {
    const report = jest.spyOn(console, 'error').mockImplementation();
    expect(() => regions(broken).synth()).toThrow('has no URL of its own');
    report.mockRestore();
  });
});

test("an archive with somebody else's bucket passes: its template is not here", () => {
  const { app } = new CheckedArchive();
  const adopted = new Stack(app, 'Adopted', { terminationProtection: true });
  const bucket = WormBucket.fromBucketAttributes(adopted, 'Records', { bucketArn: 'arn:aws:s3:::records' });
  const props = { policy: MIXED, region: firstRegion(MIXED), breakGlassRoleArn: BREAK_GLASS, bucket };
  new ArchiveStack(app, 'OtherArchive', props);
  expect(() => app.synth()).not.toThrow();
});

test("other buckets are not the checks' business", () => {
  const made = new CheckedArchive();
  new CfnBucket(made.beside, 'Scratch');
  expect(made.violations()).toEqual([]);
});

test('every id is there once', () => {
  const { ruleIds } = new AuditLogChecks();
  expect(new Set(ruleIds).size).toBe(ruleIds?.length);
});

test('whoever means it acknowledges one check at one construct', () => {
  const made = new CheckedArchive();
  made.bucket.addPropertyOverride('VersioningConfiguration.Status', 'Suspended');
  Validations.of(made.archive).acknowledge({ id: 'AuditLogChecks::versioning', reason: REASON });
  made.app.synth();
  const other = new CheckedArchive();
  other.bucket.addPropertyOverride('VersioningConfiguration.Status', 'Suspended');
  Validations.of(other.archive).acknowledge({ id: 'AuditLogChecks::no-expiration', reason: REASON });
  expect(other.violations()).toEqual(['versioning']);
});

describe('in a stage of its own', () => {
  const staged = (stage: string) => {
    const app = new App();
    const checked = new Stage(app, 'Checked');
    Validations.of(checked).addPlugins(new AuditLogChecks());
    new Stack(checked, 'Empty');
    const scope = stage === 'Checked' ? checked : new Stage(app, stage);
    const props = { policy: MIXED, region: firstRegion(MIXED), breakGlassRoleArn: BREAK_GLASS };
    const { bucket } = new ArchiveStack(scope, 'Archive', props).archive.bucket;
    (bucket.node.defaultChild as CfnBucket).addPropertyOverride('ObjectLockEnabled', false);
    return app;
  };

  test('finds what is broken there', () => {
    const report = jest.spyOn(console, 'error').mockImplementation();
    expect(() => staged('Checked').synth()).toThrow('Object Lock is on');
    report.mockRestore();
  });

  test('does not look at another', () => {
    const report = jest.spyOn(console, 'error').mockImplementation();
    expect(() => staged('Another').synth()).toThrow('There is a log to check');
    report.mockRestore();
  });
});

test('finding no log is no success', () => {
  const app = new App();
  Validations.of(app).addPlugins(new AuditLogChecks());
  new Stack(app, 'Empty');
  const report = jest.spyOn(console, 'error').mockImplementation();
  expect(() => app.synth()).toThrow('There is a log to check');
  report.mockRestore();
});
