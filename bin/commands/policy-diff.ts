import { AuditLogPolicy, Deployment } from '../../lib/policy';
import { deploymentDiff } from '../../lib/policy/deployment-diff';
import type { PolicyChange } from '../../lib/policy/policy-change';
import { policyDiff as changesOf } from '../../lib/policy/policy-diff';
import { namedDocument } from '../named-document';

/**
 * Prints what would change, a line each, gravest first, and of deployments after policies; 1 if something is refused, because it would
 * orphan or weaken data.
 */
export async function policyDiff(
  oldFile: string,
  newFile: string,
  { deployments }: { readonly deployments?: readonly string[] },
): Promise<number> {
  const [before, after] = [oldFile, newFile].map((file) => namedDocument('policy', file, AuditLogPolicy.parse));
  const changes = changesOf(before!, after!);
  const moves = deployments === undefined ? [] : changesOfDeployments(deployments);
  const lines = [...changes.map((change) => lineOf(change)), ...moves.map((change) => lineOf(change, 'deployment '))];
  process.stdout.write(`${lines.join('\n') || 'nothing changes'}\n`);
  return [...changes, ...moves].some(({ severity }) => severity === 'refused') ? 1 : 0;
}

function changesOfDeployments(files: readonly string[]): PolicyChange[] {
  if (files.length !== 2)
    throw new Error('--deployments takes two files: what is deployed, and what is to take its place');
  const [before, after] = files.map((file) => namedDocument('deployment', file, Deployment.parse));
  return deploymentDiff(before!, after!);
}

function lineOf({ severity, path, sentence, code }: PolicyChange, document = ''): string {
  return `${severity}: ${document}${path}: ${sentence} [${code}]`;
}
