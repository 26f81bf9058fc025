import { readFile } from 'node:fs/promises';
import { AuditLogPolicy } from '../../lib/policy';
import { failureWords } from '../../lib/policy/failure-words';
import { plainWords } from '../../lib/policy/plain-words';

/** Prints a policy in plain words and what happens when a region fails, or fails with every problem that its document has. */
export async function policyCheck(file: string): Promise<number> {
  const policy = AuditLogPolicy.parse(await readFile(file, 'utf8'));
  process.stdout.write(`${[...plainWords(policy), ...failureWords(policy)].join('\n')}\n`);
  return 0;
}
