import { type Check, wrong } from './check';
import { blockOf, type Promised, type Resource } from './terraform';

const ALGORITHM = 'EC_SIGN_ED25519';
const PURPOSE = 'ASYMMETRIC_SIGN';
const LEVELS = ['SOFTWARE', 'HSM'];

/** Every signing key is an Ed25519 key that Cloud KMS made and nobody ever had, and signs. */
export const logKeyChecks: Check = (terraform) => [
  ...terraform.promised('google_kms_crypto_key').flatMap(({ resource }) => signing(resource)),
  ...terraform.promised('google_kms_crypto_key_version').flatMap(enabled),
];

function signing(key: Resource) {
  const { purpose, import_only: isImported = false } = key.body;
  const { algorithm, protection_level: level = 'SOFTWARE' } = blockOf(key.body.version_template);
  const isMadeThere = LEVELS.includes(String(level)) && String(isImported) === 'false';
  if (purpose === PURPOSE && algorithm === ALGORITHM && isMadeThere) return [];
  return wrong(key, 'signing-key-unfit', {
    problem: 'a signing key of a log signs otherwise than verifiers expect, or was made outside of Cloud KMS',
    given: { purpose, algorithm, protection_level: level, import_only: isImported },
    allowed: `${PURPOSE} with ${ALGORITHM}, ${LEVELS.join(' or ')}, not imported`,
    fix: 'leave the key as it is made',
  });
}

function enabled({ resource, made }: Promised) {
  const { state = 'ENABLED', crypto_key: key } = resource.body;
  if (state === 'ENABLED' && key === made.crypto_key) return [];
  return wrong(resource, 'signing-key-unfit', {
    problem: 'the version of a signing key that a log signs with is off, or one of another key',
    given: { state, crypto_key: key },
    allowed: `state ENABLED, crypto_key ${made.crypto_key}`,
    fix: 'leave the version as it is made',
  });
}
