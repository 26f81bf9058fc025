import type { Deployment } from './deployment';
import { type ChangeCode, inOrder, PolicyChange } from './policy-change';
import { regionDeploymentDiff } from './region-deployment-diff';

/** Parts that somebody looks at if they change at all, by what that means. */
const PARTS: readonly [part: 'domain' | 'zone' | 'image' | 'watch', code: ChangeCode, sentence: string][] = [
  ['domain', 'domain-changed', 'Clients would reach the log under other names; what they have now would lead nowhere.'],
  ['zone', 'zone-changed', 'The names that lead clients would be in another zone.'],
  ['image', 'image-changed', 'Other code would take, seal and search records.'],
  [
    'watch',
    'watch-changed',
    'Another place, address or identity would say which regions work, and be let in for that.',
  ],
];

/**
 * What would change if a deployment took the place of another of the same log, gravest first; empty only if the documents are alike.
 *
 * @param before where the log is deployed
 * @param after where it is to be deployed instead
 */
export function deploymentDiff(before: Deployment, after: Deployment): PolicyChange[] {
  const [was, is] = [before._render(), after._render()];
  const changes = [
    ...PARTS.filter(([part]) => differ(was[part], is[part])).map(
      ([part, code, sentence]) => new PolicyChange(code, `$.${part}`, sentence),
    ),
    ...namesDiff(before, after),
    ...regionDeploymentDiff(before, after),
    ...organizationDiff(before, after),
  ];
  return inOrder(changes, [before.toDocument(), after.toDocument()]);
}

function differ(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}

/** What leads clients is a stack of one region and account: in another, it is another stack. */
function namesDiff(before: Deployment, after: Deployment): PolicyChange[] {
  const [was, is] = [before, after].map((each) => `${each._sharedRegion} of account ${each._zoneAccount}`);
  if (was === is) return [];
  const sentence = `The names that lead clients would be made in ${is} instead of ${was}, and be gone in between.`;
  return [new PolicyChange('names-moved', after.watch === undefined ? '$.regions' : '$.watch', sentence)];
}

function organizationDiff(before: Deployment, after: Deployment): PolicyChange[] {
  const [was, is] = [before.organization, after.organization];
  const at = '$.organization';
  const organization = `Replicas would be taken from roles of ${is?.id ?? 'any organization'} instead of ${was?.id ?? 'any'}.`;
  const boundary = `Roles would be bounded by ${is?.permissionsBoundary ?? 'nothing'} instead of ${was?.permissionsBoundary ?? 'nothing'}.`;
  return [
    ...(was?.id === is?.id ? [] : [new PolicyChange('organization-changed', `${at}.id`, organization)]),
    ...(was?.permissionsBoundary === is?.permissionsBoundary
      ? []
      : [new PolicyChange('boundary-changed', `${at}.permissionsBoundary`, boundary)]),
    ...(differ(sorted(was?.tags), sorted(is?.tags))
      ? [new PolicyChange('tags-changed', `${at}.tags`, 'Resources would have other tags.')]
      : []),
  ];
}

function sorted(tags: { readonly [key: string]: string } = {}): [string, string][] {
  return Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
}
