import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { type App, TerraformStack, Testing } from 'cdktf';
import { AuditLogChecks } from '../../lib/google';
import { AuditLogPolicy, type Region, type Retention } from '../../lib/policy';
import { good } from '../policy/policies';

/** A resource as Terraform reads it. */
// biome-ignore lint/suspicious/noExplicitAny: Terraform's JSON has no types, and tests say what they expect of it
export type Body = Record<string, any>;

/** Terraform's JSON of a stack. */
export interface Synthesized {
  readonly resource: Record<string, Record<string, Body>>;
  readonly data?: Record<string, Record<string, Body>>;
  readonly terraform: Body;
}

/** A stack with a provider, as a user's app has. */
export class UserStack extends TerraformStack {
  public constructor(app: App = Testing.app()) {
    super(app, 'stack');
    new GoogleProvider(this, 'google', { project: 'acme-logs' });
  }
}

/** What a stack synthesizes to, validations included. */
export function synthesized(stack: TerraformStack): Synthesized {
  return JSON.parse(Testing.synth(stack, true)) as Synthesized;
}

/** The codes of what validation refuses in a stack. */
export function refusals(stack: TerraformStack): Set<string> {
  try {
    synthesized(stack);
  } catch (error) {
    return new Set([...(error as Error).message.matchAll(/\[([a-z-]+)\]$/gm)].map(([, code]) => String(code)));
  }
  return new Set();
}

/** Holds that what is made synthesizes silently without our checks, and is refused for one reason with them. */
export function expectFound(make: (stack: UserStack) => unknown, code: string): void {
  const [without, checked] = [new UserStack(), new UserStack()];
  make(without);
  expect(() => synthesized(without)).not.toThrow();
  make(checked);
  new AuditLogChecks(checked, 'Checks');
  expect(refusals(checked)).toEqual(new Set([code]));
}

/** All resources of a type, in the order of their logical ids. */
export function all(json: Synthesized, type: string): Body[] {
  return Object.values(json.resource[type] ?? {});
}

/** The only resource of a type. */
export function only(json: Synthesized, type: string): Body {
  const [first, ...others] = all(json, type);
  if (first === undefined || others.length > 0) throw new Error(`${others.length + (first ? 1 : 0)} of ${type}`);
  return first;
}

/** A document of `acme-audit` in Frankfurt and Belgium, both paths by client certificates. */
export const document = {
  ...good,
  retention: { mode: 'governance', days: 30 },
  readers: { ...good.readers, authenticate: { mutualTls: {} } },
  regions: [
    { name: 'europe-west3', jurisdiction: 'EU' },
    { name: 'europe-west1', jurisdiction: 'EU' },
  ],
};

export function policyOf(changes: object = {}): AuditLogPolicy {
  return AuditLogPolicy.parse(JSON.stringify({ ...document, ...changes }));
}

export function policyWith(retention: Retention): AuditLogPolicy {
  const { name, writers, readers, regions, traffic } = policyOf();
  return AuditLogPolicy.of({ name, retention, writers, readers, regions, traffic });
}

export function firstRegion(policy: AuditLogPolicy): Region {
  const [region] = policy.regions;
  if (region === undefined) throw new Error('a policy has a region');
  return region;
}
