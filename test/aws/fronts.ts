import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Network, type NetworkReach, type TargetContext } from '../../lib/aws';
import { Access, AuditLogPolicy, type Authentication, RateLimit, type Retention, ServiceImage } from '../../lib/policy';
import { archiveStack, BREAK_GLASS, COMPLIANCE, firstRegion, policyWith } from './archives';

export const DIGEST = `sha256:${'5a'.repeat(32)}`;
export const IMAGE = ServiceImage.of({ repository: 'audit-log', digest: DIGEST });

/** `acme-audit` with another limit for writers, or another authentication of both. */
export function policyOf(change: {
  requests?: number;
  authenticate?: Authentication;
  retention?: Retention;
}): AuditLogPolicy {
  const { name, writers, readers, regions, traffic, retention } = policyWith(change.retention ?? COMPLIANCE);
  const changed = ({ allow, authenticate, rateLimit }: Access) =>
    Access.of({
      allow,
      authenticate: change.authenticate ?? authenticate,
      rateLimit: RateLimit.of({ requests: change.requests ?? rateLimit.requests, perSeconds: rateLimit.perSeconds }),
    });
  return AuditLogPolicy.of({ name, retention, regions, traffic, writers: changed(writers), readers: changed(readers) });
}

/** An archive, and beside it an empty front with what targets are made from. */
export class Front {
  public readonly stack: Stack;
  public readonly archiveStack: ReturnType<typeof archiveStack>;
  public readonly context: TargetContext;

  public constructor(
    reach: NetworkReach,
    policy = policyWith(COMPLIANCE),
    more: { image?: ServiceImage } = { image: IMAGE },
  ) {
    const app = new App();
    this.archiveStack = archiveStack(
      policy.retention,
      { policy, region: firstRegion(policy), breakGlassRoleArn: BREAK_GLASS },
      app,
    );
    this.stack = new Stack(app, 'Front');
    const { archive } = this.archiveStack;
    const network = new Network(this.stack, 'Network', { archive, reach });
    this.context = { archive, network, image: more.image };
  }

  public get template(): Template {
    return Template.fromStack(this.stack);
  }
}

type Resource = ReturnType<Template['findResources']>[string];

/** The only resource of a type. */
export function only(template: Template, type: string): Resource {
  const found = Object.values(template.findResources(type));
  const [one] = found;
  if (one === undefined || found.length > 1) throw new Error(`${found.length} resources are a ${type}`);
  return one;
}
