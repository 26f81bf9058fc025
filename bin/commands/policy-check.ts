import { readFile } from 'node:fs/promises';
import { AuditLogPolicy } from '../../lib/policy';
import { plainWords } from '../../lib/policy/plain-words';

/** Prints a policy in plain words, or fails with every problem that its document has. */
export async function policyCheck(file: string): Promise<number> {
  const policy = AuditLogPolicy.parse(await readFile(file, 'utf8'));
  process.stdout.write(`${plainWords(policy).join('\n')}\n`);
  return 0;
}
