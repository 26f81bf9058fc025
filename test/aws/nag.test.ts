process.env.CDK_VALIDATION = 'false';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { ReadTarget } from '../../lib/aws';
import { importedLoadBalancer, makeCache } from './caches';
import { CheckedLog } from './checked-app';
import { appOf, EXAMPLE_NAMES, type Finding, findingsIn } from './example-apps';
import { findingsOf, PACKS, packsFor } from './nag-packs';

/** What no example has: a function that searches, and the view that it needs. */
function findingsInFunctions(): Finding[] {
  return findingsOf(new CheckedLog({ readTarget: ReadTarget.lambda() }).app);
}

/** Whatever a policy of several regions has: copies, names, and what watches them. */
function findingsInRegions(): Finding[] {
  return findingsOf(appOf('two-regions.json'));
}

/** What is before the reads of one region. */
function findingsInCache(): Finding[] {
  const app = new App();
  const stack = new Stack(app, 'Cache');
  makeCache({ loadBalancer: importedLoadBalancer(stack) }, stack);
  return findingsOf(app);
}

const APPS: [string, () => Finding[]][] = [
  ...[...EXAMPLE_NAMES, 'org-stackset.ts'].map((name): [string, () => Finding[]] => [
    name,
    () => findingsIn(name, packsFor),
  ]),
  ['a log on functions', findingsInFunctions],
  ['a log in two regions', findingsInRegions],
  ['a cache of reads', findingsInCache],
];

const found = new Map(APPS.map(([name, find]) => [name, find().filter(({ plugin }) => PACKS.includes(plugin))]));

test.each(APPS.map(([name]) => name))('%s has no finding that is not acknowledged with a reason', (name) => {
  const open = found.get(name)?.filter(({ reason }) => reason === undefined);
  expect(open?.map(({ rule, path }) => `${rule} at ${path}`)).toEqual([]);
});

test('the packs look at something', () => {
  for (const pack of PACKS) {
    expect(found.get('aws-fargate.ts')?.map(({ plugin }) => plugin)).toContain(pack);
  }
});

/** Rows of `| rules | where | reason |`, one for each rule. */
function documented(): string[] {
  const text = readFileSync(join(__dirname, '../../lib/aws/CHECKS.md'), 'utf8');
  const [, section = ''] = text.split('## Findings of cdk-nag that are meant');
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      const [, rules = '', , reason = ''] = line.split('|').map((cell) => cell.trim());
      return rules.split(', ').map((rule) => `${rule.replaceAll('`', '')}: ${reason}`);
    });
}

test('CHECKS.md lists every acknowledged finding with its reason, and no other', () => {
  const all = [...found.values()].flat();
  const acknowledged = all.map(
    ({ plugin, rule, reason }) => `${rule.replace(`${plugin}-`, '').replace(/::.+\/\*]$/, '::…/*]')}: ${reason}`,
  );
  expect([...documented()].sort()).toEqual([...new Set(acknowledged)].sort());
});
