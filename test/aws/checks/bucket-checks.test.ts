import { type Breaking as BreakingOf, CheckedArchive, type Statement } from '../checked-app';

type Breaking = BreakingOf<CheckedArchive>;

const RETENTION = 'ObjectLockConfiguration.Rule.DefaultRetention';

const DENIALS = [
  'DenyOverwrite',
  'DenyDelete',
  'DenyAcls',
  'DenyForeignReplication',
  'DenyShortRetention',
  'DenyOtherRetentionMode',
  'DenyRetentionButByBreakGlass',
  'DenyEventHold',
  'DenyLegalHoldRemovalButByBreakGlass',
  'DenyForeignKey',
  'DenyReencryption',
];

const exceptMe = (each: Statement) => ({
  ...each,
  Condition: { ArnNotEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/me' } },
});

test.each<Breaking>([
  ['object-lock', 'is a day short', ({ bucket }) => bucket.addPropertyOverride(`${RETENTION}.Days`, 2556)],
  ['object-lock', 'can be lifted', ({ bucket }) => bucket.addPropertyOverride(`${RETENTION}.Mode`, 'GOVERNANCE')],
  ['object-lock', 'has no default', ({ bucket }) => bucket.addPropertyDeletionOverride('ObjectLockConfiguration')],
  ['object-lock', 'is off', ({ bucket }) => bucket.addPropertyOverride('ObjectLockEnabled', false)],
  [
    'versioning',
    'is suspended',
    ({ bucket }) => bucket.addPropertyOverride('VersioningConfiguration.Status', 'Suspended'),
  ],
  ...['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].map(
    (name): Breaking => [
      'public-access-blocked',
      `${name} is off`,
      ({ bucket }) => bucket.addPropertyOverride(`PublicAccessBlockConfiguration.${name}`, false),
    ],
  ),
  ...DENIALS.map(
    (sid): Breaking => [
      'bucket-denials',
      `${sid} is gone`,
      (made) => made.rewrite(made.bucketPolicy, (all) => all.filter(({ Sid }) => Sid !== sid)),
    ],
  ),
  [
    'bucket-denials',
    'one has an exception',
    (made) =>
      made.rewrite(made.bucketPolicy, (all) => all.map((each) => (each.Sid === 'DenyDelete' ? exceptMe(each) : each))),
  ],
  [
    'bucket-denials',
    'there is no policy',
    ({ archive }) => {
      archive.bucket.bucket.node.tryRemoveChild('Policy');
    },
  ],
  ...['*', { AWS: '*' }, { AWS: ['*'] }].map(
    (Principal): Breaking => [
      'bucket-private',
      `${JSON.stringify(Principal)} may read`,
      (made) =>
        made.rewrite(made.bucketPolicy, (all) => [
          ...all,
          { Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: '*' },
        ]),
    ],
  ),
  ...[
    { ExpirationInDays: 1 },
    { ExpirationDate: '2030-01-01' },
    { ExpiredObjectDeleteMarker: true },
    { NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
    { NoncurrentVersionExpirationInDays: 1 },
  ].map(
    (rule): Breaking => [
      'no-expiration',
      `a rule has ${Object.keys(rule)}`,
      ({ bucket }) => bucket.addPropertyOverride('LifecycleConfiguration.Rules', [{ Status: 'Enabled', ...rule }]),
    ],
  ),
])('%s is broken: %s', (id, _, breaking) => {
  const made = new CheckedArchive();
  breaking(made);
  expect(made.violations()).toEqual([id]);
});

test.each<[string, (made: CheckedArchive) => void]>([
  ['a longer lock', ({ bucket }) => bucket.addPropertyOverride(`${RETENTION}.Days`, 3000)],
  [
    'the lock in years',
    ({ bucket }) => {
      bucket.addPropertyDeletionOverride(`${RETENTION}.Days`);
      bucket.addPropertyOverride(`${RETENTION}.Years`, 8);
    },
  ],
  [
    'moving objects to another storage class',
    ({ bucket }) =>
      bucket.addPropertyOverride('LifecycleConfiguration.Rules', [
        { Status: 'Enabled', Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: 90 }] },
      ]),
  ],
])('%s breaks nothing', (_, change) => {
  const made = new CheckedArchive();
  change(made);
  expect(made.violations()).toEqual([]);
});
