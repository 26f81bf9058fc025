import { readFile } from 'node:fs/promises';
import { AuditLogPolicy } from '../../lib/policy';
import { policyDiff as changesOf } from '../../lib/policy/policy-diff';

/** Prints what would change, a line each, gravest first; 1 if something is refused, because it would orphan or weaken data. */
export async function policyDiff(oldFile: string, newFile: string): Promise<number> {
  const [before, after] = await Promise.all([oldFile, newFile].map(readPolicy));
  const changes = changesOf(before!, after!);
  const lines = changes.map(({ severity, path, sentence, code }) => `${severity}: ${path}: ${sentence} [${code}]`);
  process.stdout.write(`${lines.join('\n') || 'nothing changes'}\n`);
  return changes.some(({ severity }) => severity === 'refused') ? 1 : 0;
}

/** Both documents may be bad, so an error says which. */
async function readPolicy(file: string): Promise<AuditLogPolicy> {
  const text = await readFile(file, 'utf8');
  try {
    return AuditLogPolicy.parse(text);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}
