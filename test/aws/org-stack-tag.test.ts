process.env.CDK_VALIDATION = 'false';

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, NestedStack, Stack, Tags } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Archive, ArchiveStack, AuditLogStack, ImmutableAuditLog, ReadTarget } from '../../lib/aws';
import { type AuditLogPolicy, Organization } from '../../lib/policy';
import { parsedPolicy } from '../policy/parsed-policy';
import { BREAK_GLASS, DISPOSABLE, firstRegion, policyWith } from './archives';
import { deploymentOf } from './multi-region-logs';
import { ORGANIZATION } from './replicated';

const policy = parsedPolicy();
const region = firstRegion(policy);
const inOrganization = (of: AuditLogPolicy = policy) =>
  deploymentOf(of, { organization: Organization.of({ id: ORGANIZATION }) });
const readTarget = ReadTarget.lambda();
const tagged = { tags: { 'immutable-audit-log': policy.name } };
const kept = { policy, region, breakGlassRoleArn: BREAK_GLASS };

function logIn(
  scope: Stack,
  {
    deployment = inOrganization(),
    archive,
  }: { deployment?: ReturnType<typeof inOrganization>; archive?: Archive } = {},
) {
  return new ImmutableAuditLog(scope, 'Log', { policy, deployment, region, archive, readTarget });
}

const found = (stack: Stack) =>
  Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('guardrails let anybody change'));
const warnings = (stack: Stack) => found(stack).map(({ id }) => id);

test('says where a stack of one’s own lacks the tag', () => {
  const stack = new Stack(new App(), 'Mine');
  logIn(stack);
  expect(warnings(stack)).toEqual(['/Mine/Log']);
});

test('says so of the archive’s stack too, with what to do', () => {
  const app = new App();
  const front = new Stack(app, 'Front', tagged);
  const keep = new Stack(app, 'Keep', { terminationProtection: true });
  logIn(front, { archive: new Archive(keep, 'Archive', kept) });
  expect(warnings(front)).toEqual([]);
  expect(warnings(keep)).toEqual(['/Keep/Archive']);
  expect(found(keep)[0]?.entry.data).toContain("Tags.of(stack).add('immutable-audit-log', 'acme-audit')");
});

test.each<[string, (app: App) => Stack]>([
  ['a tag that the stack has from the beginning', (app) => Stack.of(logIn(new Stack(app, 'Mine', tagged)))],
  [
    'a tag that it gets later',
    (app) => {
      const stack = new Stack(app, 'Mine');
      logIn(stack);
      Tags.of(app).add('immutable-audit-log', policy.name);
      return stack;
    },
  ],
  [
    'a tag of the stack that a nested one is in',
    (app) => {
      const stack = new Stack(app, 'Mine', tagged);
      const { archive } = new ArchiveStack(app, 'Keep', kept);
      logIn(new NestedStack(stack, 'Nested'), { archive });
      return stack;
    },
  ],
  [
    'our own stacks',
    (app) => new AuditLogStack(app, 'Ours', { policy, deployment: inOrganization(), region, readTarget }),
  ],
  [
    'a deployment that names no organisation',
    (app) => Stack.of(logIn(new Stack(app, 'Mine'), { deployment: deploymentOf(policy) })),
  ],
  [
    'a disposable log',
    (app) => {
      const disposable = policyWith(DISPOSABLE);
      const props = { policy: disposable, deployment: inOrganization(disposable), region, readTarget };
      return Stack.of(new ImmutableAuditLog(new Stack(app, 'Mine'), 'Log', props));
    },
  ],
])('says nothing of %s', (_, make) => {
  expect(warnings(make(new App()))).toEqual([]);
});

interface Properties {
  readonly stackName: string;
  readonly tags?: Record<string, string>;
  readonly terminationProtection?: boolean;
}

/** The stacks that an example deploys. */
function stacksOf(example: string): Properties[] {
  const folder = mkdtempSync(join(tmpdir(), 'example-'));
  process.env.CDK_OUTDIR = folder;
  try {
    jest.isolateModules(() => require(join(__dirname, '../../examples', example)));
    const { artifacts } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    const all = Object.entries<{ type: string; properties: Properties }>(artifacts);
    return all
      .filter(([, { type }]) => type === 'aws:cloudformation:stack')
      .map(([id, { properties }]) => ({ ...properties, stackName: properties.stackName ?? id }));
  } finally {
    delete process.env.CDK_OUTDIR;
    rmSync(folder, { recursive: true });
  }
}

describe.each(['aws-minimal.ts', 'aws-existing.ts'])('%s', (example) => {
  const stacks = stacksOf(example);

  test('tags its stacks', () => {
    for (const { tags } of stacks) expect(tags).toHaveProperty('immutable-audit-log');
  });

  test('names the archive’s as guardrails know it', () => {
    const kept = stacks.filter(({ terminationProtection }) => terminationProtection);
    expect(kept.map(({ stackName }) => stackName)).toEqual([expect.stringMatching(/.-archive/)]);
  });
});
