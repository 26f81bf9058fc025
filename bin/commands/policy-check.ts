import { AuditLogPolicy } from '../../lib/policy';
import { failureWords } from '../../lib/policy/failure-words';
import { plainWords } from '../../lib/policy/plain-words';
import { namedDocument } from '../named-document';

/** Prints a policy in plain words and what happens when a region fails, or fails with every problem that its document has. */
export async function policyCheck(file: string): Promise<number> {
  const policy = namedDocument('policy', file, AuditLogPolicy.parse);
  process.stdout.write(`${[...plainWords(policy), ...failureWords(policy)].join('\n')}\n`);
  return 0;
}
