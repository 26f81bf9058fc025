import { App, type CfnResource, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { ArchiveStack, AuditLogChecks, ReplicaStack } from '../../../lib/aws';
import { BREAK_GLASS } from '../archives';
import { CheckedApp, resourceOf, type Statement } from '../checked-app';
import { DEPLOYMENT, FIVE_REGIONS, regionOf, replicationOf } from '../replicated';

/** An archive with replication, and replicas beside it. */
class CheckedReplication extends CheckedApp {
  public readonly replicas = new ReplicaStack(this.app, 'Replicas', {
    policy: FIVE_REGIONS,
    deployment: DEPLOYMENT,
    region: regionOf(FIVE_REGIONS, 'eu-central-1'),
  });

  public readonly archive = new ArchiveStack(this.app, 'Archive', {
    policy: FIVE_REGIONS,
    region: regionOf(FIVE_REGIONS, 'eu-central-1'),
    breakGlassRoleArn: BREAK_GLASS,
    replication: replicationOf('eu-central-1'),
  }).archive;

  public get replicaBucket(): CfnResource {
    return resourceOf(this.replicas.replicas.bucket);
  }

  public get replicaPolicy(): CfnResource {
    return resourceOf(this.replicas.replicas.bucket.node.findChild('Policy'));
  }
}

const RULES = 'ReplicationConfiguration.Rules';

type Breaking = [ids: string[], what: string, breaking: (made: CheckedReplication) => void];

test('what is made passes', () => {
  expect(new CheckedReplication().violations()).toEqual([]);
});

test.each<Breaking>([
  [
    ['replication-within-jurisdiction', 'replication-complete'],
    'a rule copies to another bucket',
    ({ bucket }) => bucket.addPropertyOverride(`${RULES}.0.Destination.Bucket`, 'arn:aws:s3:::mine'),
  ],
  [
    ['replication-within-jurisdiction', 'replication-complete'],
    'a rule copies to a region of another jurisdiction',
    ({ bucket }) =>
      bucket.addPropertyOverride(
        `${RULES}.1.Destination.Bucket`,
        'arn:aws:s3:::acme-audit-replicas-111122223333-us-east-1-an',
      ),
  ],
  [
    ['replication-complete'],
    'a rule is off',
    ({ bucket }) => bucket.addPropertyOverride(`${RULES}.1.Status`, 'Disabled'),
  ],
  [
    ['replication-complete'],
    'a rule copies a part',
    ({ bucket }) => bucket.addPropertyOverride(`${RULES}.0.Filter.Prefix`, 'acme-audit/eu-central-1/root/'),
  ],
  [
    ['replication-complete'],
    'there is no rule',
    ({ bucket }) => bucket.addPropertyDeletionOverride('ReplicationConfiguration'),
  ],
  [
    ['replication-without-deletes'],
    'a rule copies delete markers',
    ({ bucket }) => bucket.addPropertyOverride(`${RULES}.0.DeleteMarkerReplication.Status`, 'Enabled'),
  ],
  [
    ['replication-without-deletes'],
    'a rule does not say whether it copies delete markers',
    ({ bucket }) => bucket.addPropertyDeletionOverride(`${RULES}.0.DeleteMarkerReplication`),
  ],
  [
    ['object-lock'],
    'replicas have no lock',
    ({ replicaBucket }) => replicaBucket.addPropertyDeletionOverride('ObjectLockEnabled'),
  ],
  [
    ['versioning'],
    'replicas have no versions',
    ({ replicaBucket }) => replicaBucket.addPropertyOverride('VersioningConfiguration.Status', 'Suspended'),
  ],
  [
    ['no-expiration'],
    'replicas expire',
    ({ replicaBucket }) =>
      replicaBucket.addPropertyOverride('LifecycleConfiguration.Rules', [{ Status: 'Enabled', ExpirationInDays: 1 }]),
  ],
  [
    ['bucket-denials'],
    'anybody may put replicas',
    (made) => made.rewrite(made.replicaPolicy, (all) => all.filter(({ Sid }: Statement) => Sid !== 'DenyPut')),
  ],
  [
    ['bucket-private'],
    'everyone reads replicas',
    (made) =>
      made.rewrite(made.replicaPolicy, (all) => [
        ...all,
        { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*' },
      ]),
  ],
  [
    ['kept'],
    'replicas go with their stack',
    ({ replicaBucket }) => replicaBucket.applyRemovalPolicy(RemovalPolicy.DESTROY),
  ],
  [
    ['kept'],
    'the policy of replicas goes with their stack',
    ({ replicaPolicy }) => replicaPolicy.addOverride('DeletionPolicy', 'Delete'),
  ],
  [
    ['termination-protection'],
    'the stack of replicas can be deleted',
    ({ replicas }) => {
      replicas.terminationProtection = false;
    },
  ],
])('%j is broken: %s', (ids, _, breaking) => {
  const made = new CheckedReplication();
  breaking(made);
  expect(made.violations()).toEqual(ids);
});

test('replicas alone are a log to check', () => {
  const app = new App();
  Validations.of(app).addPlugins(new AuditLogChecks());
  const region = regionOf(FIVE_REGIONS, 'eu-central-1');
  new ReplicaStack(app, 'Replicas', { policy: FIVE_REGIONS, deployment: DEPLOYMENT, region });
  new Stack(app, 'Beside');
  expect(() => app.synth()).not.toThrow();
});
