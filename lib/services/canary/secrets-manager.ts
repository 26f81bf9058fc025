import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const TIMEOUT_MS = 4_000;

/** Reads a secret of this region. */
export function secretReader(arn: string): () => Promise<string> {
  const client = new SecretsManagerClient({ maxAttempts: 2 });
  return async () => {
    const abortSignal = AbortSignal.timeout(TIMEOUT_MS);
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }), { abortSignal });
    return SecretString ?? '';
  };
}
