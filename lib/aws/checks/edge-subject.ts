import type { Access, Retention } from '../../policy';
import type { Resource } from './resource';
import type { Templates } from './templates';

/** An external load balancer as it was synthesized, and what must hold for it. */
export interface EdgeSubject {
  readonly templates: Templates;
  readonly access: Access;
  readonly retention: Retention;
  readonly loadBalancer: Resource;

  /** Every firewall of the app that is ours. */
  readonly firewalls: readonly FirewallSubject[];
}

export interface FirewallSubject {
  readonly webAcl: Resource;

  /** Its rules in their order, as constructs have them. */
  readonly rules: readonly FirewallRuleSubject[];
}

export interface FirewallRuleSubject {
  readonly name: string;
  readonly rule: unknown;
}

/** The listeners of a load balancer. */
export function listenersOf({ templates, loadBalancer }: EdgeSubject): Resource[] {
  return templates.naming(loadBalancer, 'AWS::ElasticLoadBalancingV2::Listener', 'LoadBalancerArn');
}

/** The rules of those listeners. */
export function rulesOf(subject: EdgeSubject): Resource[] {
  return listenersOf(subject).flatMap((listener) =>
    subject.templates.naming(listener, 'AWS::ElasticLoadBalancingV2::ListenerRule', 'ListenerArn'),
  );
}

/** Whether a load balancer takes events. */
export function isIngest(subject: EdgeSubject): boolean {
  return rulesOf(subject).some((rule) => JSON.stringify(rule.property('Conditions') ?? []).includes('"POST"'));
}

/** An attribute of a load balancer, such as `deletion_protection.enabled`. */
export function attributeOf({ loadBalancer }: EdgeSubject, key: string): unknown {
  const attributes = loadBalancer.list('LoadBalancerAttributes') as { Key?: unknown; Value?: unknown }[];
  return attributes.find((each) => each.Key === key)?.Value;
}
