import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditLogChecks } from '../../lib/aws';
import { CHECKS_OF_ARCHIVES, CHECKS_OF_EDGES, CHECKS_OF_NAMES, CHECKS_OF_STORES } from '../../lib/aws/checks/checks';

const [text = ''] = readFileSync(join(__dirname, '../../lib/aws/CHECKS.md'), 'utf8').split('## Findings');
const checks = [...CHECKS_OF_STORES, ...CHECKS_OF_ARCHIVES, ...CHECKS_OF_EDGES, ...CHECKS_OF_NAMES];
const rows = text.split('\n').filter((line) => line.startsWith('| `'));

test('CHECKS.md says of every check what must hold and why', () => {
  expect(rows.slice(1)).toEqual(checks.map(({ id, text, docs }) => `| \`${id}\` | ${text} [docs](${docs}) |`));
});

test('the ids that the plugin reports are those of CHECKS.md', () => {
  expect(rows.map((row) => row.split('`')[1])).toEqual(new AuditLogChecks().ruleIds);
});

test('reasons are documented by AWS', () => {
  for (const { docs } of checks) {
    expect(docs).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/.+\.html(#.+)?$/);
  }
});
