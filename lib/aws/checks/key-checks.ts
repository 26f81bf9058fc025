import type { ArchiveSubject } from './archive-subject';
import { missing } from './bucket-checks';
import { type Breach, breach, type Check } from './check';
import { Statement } from './statement';
import type { KeyOfRole } from './store-subject';
import type { Templates } from './templates';

const KMS = 'https://docs.aws.amazon.com/kms/latest/developerguide';

/** What must hold for the signing keys. */
export const KEY_CHECKS: readonly Check<ArchiveSubject>[] = [
  {
    id: 'one-signer',
    text: 'The log key signs for the sealer alone, the admission key for ingest alone: the policy of each key allows no one else to sign.',
    docs: `${KMS}/key-policies.html`,
    breaches: ({ keys, templates }) => keys.flatMap((key) => otherSigners(key, templates)),
  },
  {
    id: 'key-denials',
    text: 'The policy of each signing key denies signing and grants to others, and its destruction to all but the break-glass role.',
    docs: `${KMS}/deleting-keys.html`,
    breaches: ({ keys }) => keys.flatMap(({ resource, denials }) => missing(resource, 'KeyPolicy', denials)),
  },
  {
    id: 'key-enabled',
    text: 'The signing keys are enabled Ed25519 keys that only sign.',
    docs: `${KMS}/symm-asymm-choose-key-spec.html`,
    breaches: ({ keys }) =>
      keys.flatMap(({ resource }) => [
        ...(resource.property('KeySpec') === 'ECC_NIST_EDWARDS25519' ? [] : [breach(resource, 'KeySpec')]),
        ...(resource.property('KeyUsage') === 'SIGN_VERIFY' ? [] : [breach(resource, 'KeyUsage')]),
        ...(String(resource.property('Enabled') ?? true) === 'true' ? [] : [breach(resource, 'Enabled')]),
      ]),
  },
];

function otherSigners({ resource, signer }: KeyOfRole, templates: Templates): Breach[] {
  const statements = Statement.of(resource.property('KeyPolicy'));
  const signing = statements.filter(
    (each) => each.isAllow && (each.covers('kms:Sign') || each.covers('kms:CreateGrant')),
  );
  const isSafe = signing.every(
    (statement) =>
      statement.principals.length > 0 &&
      statement.principals.every((each) => templates.refersTo(each, resource, signer)),
  );
  return isSafe && signing.length > 0 ? [] : [breach(resource, 'KeyPolicy')];
}
