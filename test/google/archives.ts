import { TerraformResource } from 'cdktf';
import type { IConstruct } from 'constructs';
import { Archive, Seal } from '../../lib/google';
import { deployment } from './deployments';
import { firstRegion, policyOf, refusals, UserStack } from './synthesized';

/** What makes records and seals them, in a stack of a user's, who can reach all of it. */
export interface Kept {
  readonly stack: UserStack;
  readonly archive: Archive;
  readonly seal: Seal;
}

/** What a user does to it. */
export type Hatch = (kept: Kept) => void;

const COMPLIANCE = { mode: 'compliance', years: 7, irreversible: 'acme-audit' };

export function keptIn(stack: UserStack, retention: object = COMPLIANCE): Kept {
  const policy = policyOf({ retention });
  const archive = new Archive(stack, 'Archive', { policy, region: firstRegion(policy), project: 'acme-logs' });
  return { stack, archive, seal: new Seal(stack, 'Seal', { archive, deployment: deployment() }) };
}

/** The codes of what is refused after escape hatches, under compliance unless something else is said. */
export function refusedAfter(hatch: Hatch, retention?: object): Set<string> {
  const kept = keptIn(new UserStack(), retention);
  hatch(kept);
  return refusals(kept.stack);
}

/** Holds that an escape hatch synthesizes in silence without our checks. */
export function expectSilent(hatch: Hatch): void {
  const kept = keptIn(new UserStack());
  hatch(kept);
  kept.stack.node.tryRemoveChild('AuditLogChecks');
  expect(refusals(kept.stack)).toEqual(new Set());
}

/** All resources of a type below a construct, which must be there. */
export function resourcesOf(scope: IConstruct, type: string): TerraformResource[] {
  const all = scope.node.findAll().filter(TerraformResource.isTerraformResource);
  const found = all.filter((each) => each.terraformResourceType === `google_${type}`);
  if (found.length === 0) throw new Error(`${scope.node.path} has no ${type}`);
  return found;
}
