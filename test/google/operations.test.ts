import { GoogleDeployment, ImmutableAuditLog } from '../../lib/google';
import { AuditLogPolicy } from '../../lib/policy';
import { blocks, compile, read, section } from '../documents';
import { synthesized, UserStack } from './synthesized';

const operations = read('lib/google/OPERATIONS.md');
const onGoogle = section(read('README.md'), 'On Google Cloud');

test('the app of the README compiles, and one that is wrong does not', () => {
  const snippets = blocks(onGoogle, 'ts');
  expect(snippets).toHaveLength(1);
  const found = compile([...snippets, snippets[0]!.replace("'audit-log'", '1')]);
  expect(found.filter((each) => !each.includes('snippet-1.ts'))).toEqual([]);
  expect(found).not.toEqual([]);
}, 120_000);

test('the deployment of the example is enough for clients with tokens', () => {
  const [text = ''] = blocks(operations, 'json');
  const { regions: _, ...document } = JSON.parse(read('examples/policies/one-region.json'));
  const regions = [{ name: 'europe-west3', jurisdiction: 'EU' }];
  const policy = AuditLogPolicy.parse(JSON.stringify({ ...document, writers: document.readers, regions }));
  const stack = new UserStack();
  new ImmutableAuditLog(stack, 'AuditLog', { policy, deployment: GoogleDeployment.parse(text) });
  expect(Object.keys(synthesized(stack).resource)).toContain('google_storage_bucket');
});
