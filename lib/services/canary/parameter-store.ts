import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

const TIMEOUT_MS = 4_000;

/** Reads a parameter of this account and region. */
export function parameterReader(name: string): () => Promise<string> {
  const client = new SSMClient({ maxAttempts: 2 });
  return async () => {
    const abortSignal = AbortSignal.timeout(TIMEOUT_MS);
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name }), { abortSignal });
    return Parameter?.Value ?? '';
  };
}
