process.env.CDK_VALIDATION = 'false';

import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { GlobalRouting, LogPath, PublishedNames, type RouteAlarm } from '../../lib/aws';
import { canaryAlarm } from '../../lib/aws/canary-alarm';
import { publishNames } from '../../lib/aws/public-names';
import { watchedRegions } from '../../lib/aws/watched-regions';
import { type AuditLogPolicy, Deployment } from '../../lib/policy';
import { type DeployedTemplate, RoutingSimulator } from './routing-simulator';

export const PATHS = [LogPath.INGEST, LogPath.QUERY];

/** A stack with the global routing of a policy, and alarms for it. */
export function routingStack(policy: AuditLogPolicy, deployment = Deployment.example(policy), app = new App()): Stack {
  const region = deployment.watch?.region ?? deployment.regions[0]?.name;
  const stack = new Stack(app, 'Global', { env: { account: deployment._zoneAccount, region } });
  new GlobalRouting(stack, 'Routing', { policy, deployment, alarms: alarmsIn(stack, policy) });
  return stack;
}

export function alarmsIn(stack: Stack, policy: AuditLogPolicy): RouteAlarm[] {
  return PATHS.flatMap((path) =>
    watchedRegions(path, policy).map(({ name }) => canaryAlarm(stack, policy.name, name, path)),
  );
}

/** The names that the front of each region publishes, for a load balancer that is in no template. */
function frontStacks(policy: AuditLogPolicy, deployment: Deployment, app: App): Stack[] {
  const ours = policy.regions.filter(({ name }) => !deployment._isElsewhere(name));
  return ours.map((region) => {
    const { account } = deployment.regionNamed(region.name);
    const stack = new Stack(app, `Front-${region.name}`, { env: { account, region: region.name } });
    for (const path of PATHS) {
      const loadBalancer = ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, path, {
        loadBalancerArn: `arn:aws:elasticloadbalancing:${region.name}:${account}:loadbalancer/app/${path}/0123456789abcdef`,
        loadBalancerCanonicalHostedZoneId: 'ZLOADBALANCERS',
        loadBalancerDnsName: `${path}.${region.name}.elb.amazonaws.com`,
        securityGroupId: 'sg-0123456789abcdef0',
      });
      publishNames(stack, path, { deployment, region, names: PublishedNames.REGIONAL }, loadBalancer);
    }
    return stack;
  });
}

/** All templates that make names for a log. */
export function routingTemplates(policy: AuditLogPolicy, deployment = Deployment.example(policy)): DeployedTemplate[] {
  const app = new App();
  const stacks = [routingStack(policy, deployment, app), ...frontStacks(policy, deployment, app)];
  return stacks.map((stack) => ({ region: stack.region, template: Template.fromStack(stack).toJSON() }));
}

export function zonesOf({ zone, regions }: Deployment): Record<string, string> {
  const zones = [zone, ...regions.map((region) => region.zone)].flatMap((each) => (each === undefined ? [] : [each]));
  return Object.fromEntries(zones.map(({ id, name }) => [id, name]));
}

export function simulatorOf(templates: readonly DeployedTemplate[], deployment: Deployment): RoutingSimulator {
  return new RoutingSimulator(templates, zonesOf(deployment));
}
