import { Stack } from 'aws-cdk-lib';
import { DISPOSABLE, policyWith } from '../archives';
import { type Breaking, CheckedArchive } from '../checked-app';

test.each<Breaking<CheckedArchive>>([
  ['kept', 'the bucket goes with its stack', ({ bucket }) => bucket.addOverride('DeletionPolicy', 'Delete')],
  [
    'kept',
    "the bucket's policy goes with its stack",
    ({ bucketPolicy }) => bucketPolicy.addOverride('DeletionPolicy', 'Delete'),
  ],
  [
    'kept',
    "the bucket's policy goes when it is replaced",
    ({ bucketPolicy }) => bucketPolicy.addOverride('UpdateReplacePolicy', 'Delete'),
  ],
  ['kept', 'the log key goes with its stack', ({ logKey }) => logKey.addOverride('DeletionPolicy', 'Delete')],
  [
    'kept',
    'the admission key goes when it is replaced',
    ({ admissionKey }) => admissionKey.addOverride('UpdateReplacePolicy', 'Snapshot'),
  ],
])('%s is broken: %s', (id, _, breaking) => {
  const made = new CheckedArchive();
  breaking(made);
  expect(made.violations()).toEqual([id]);
});

test('an unprotected stack is found even where its own validation is taken away', () => {
  const made = new CheckedArchive();
  Stack.of(made.archive).terminationProtection = false;
  jest.spyOn(made.archive.node, 'validate').mockReturnValue([]);
  expect(made.violations()).toEqual(['termination-protection']);
});

test('a disposable log may go with its stack', () => {
  expect(new CheckedArchive(policyWith(DISPOSABLE)).violations()).toEqual([]);
});
