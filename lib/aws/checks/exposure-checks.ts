import { AllowList } from '../../policy';
import type { ArchiveSubject } from './archive-subject';
import { type Breach, breach, type Check } from './check';
import type { EdgeSubject } from './edge-subject';
import { at, type Resource } from './resource';
import type { Templates } from './templates';

/** What must hold for who can connect to an external load balancer. */
export const INGRESS_CHECKS: readonly Check<EdgeSubject>[] = [
  {
    id: 'no-internet-ingress',
    text: 'The security groups of the load balancer do not let the whole internet in, unless the policy says so.',
    docs: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html',
    breaches: ({ access, loadBalancer, templates }) =>
      access.allow.isInternet ? [] : internetIngress(loadBalancer, 'SecurityGroups', templates),
  },
];

/** What must hold for functions and containers that run as a role of the log. */
export const EXPOSURE_CHECKS: readonly Check<ArchiveSubject>[] = [
  {
    id: 'functions-private',
    text: 'A function of the log has no URL of its own, and what may invoke it is one resource of this account.',
    docs: 'https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html',
    breaches: (subject) =>
      running(subject, 'AWS::Lambda::Function', 'Role').flatMap((each) => invokers(each, subject.templates)),
  },
  {
    id: 'tasks-private',
    text: 'A container of the log has no public address, no shell, and no way in from the internet.',
    docs: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html',
    breaches: (subject) =>
      running(subject, 'AWS::ECS::TaskDefinition', 'TaskRoleArn').flatMap((tasks) => [
        ...subject.templates
          .naming(tasks, 'AWS::ECS::Service', 'TaskDefinition')
          .flatMap((service) => publicTasks(service, subject.templates)),
        ...publicRounds(tasks, subject.templates),
      ]),
  },
];

function running({ roles, templates }: ArchiveSubject, type: string, property: string): Resource[] {
  return roles.flatMap((role) => templates.naming(role, type, property));
}

function invokers(lambda: Resource, templates: Templates): Breach[] {
  const urls = templates.naming(lambda, 'AWS::Lambda::Url', 'TargetFunctionArn');
  const open = templates.naming(lambda, 'AWS::Lambda::Permission', 'FunctionName').filter((permission) => {
    const source = permission.property('SourceArn');
    return permission.property('Principal') === '*' || source === undefined || source === '*';
  });
  return [...urls.map((each) => breach(each, 'AuthType')), ...open.map((each) => breach(each, 'SourceArn'))];
}

function publicTasks(service: Resource, templates: Templates): Breach[] {
  const network = 'NetworkConfiguration.AwsvpcConfiguration';
  return [
    ...(service.property(`${network}.AssignPublicIp`) === 'DISABLED'
      ? []
      : [breach(service, `${network}.AssignPublicIp`)]),
    ...(String(service.property('EnableExecuteCommand') ?? false) === 'false'
      ? []
      : [breach(service, 'EnableExecuteCommand')]),
    ...internetIngress(service, `${network}.SecurityGroups`, templates),
  ];
}

/** Tasks that a schedule starts. */
function publicRounds(tasks: Resource, templates: Templates): Breach[] {
  return templates.ofType('AWS::Events::Rule').flatMap((rule) => {
    const network = 'EcsParameters.NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp';
    const isOpen = rule
      .list('Targets')
      .filter((target) => templates.refersTo(at(target, 'EcsParameters.TaskDefinitionArn'), rule, tasks))
      .some((target) => at(target, network) !== 'DISABLED');
    return isOpen ? [breach(rule, 'Targets')] : [];
  });
}

/** The security groups of a resource that together let the whole internet in. */
function internetIngress(resource: Resource, property: string, templates: Templates): Breach[] {
  const groups = resource.list(property).flatMap((each) => templates.referredBy(each, resource) ?? []);
  return groups
    .filter((group) => isInternet(networksOf(group, templates)))
    .map((group) => breach(group, 'SecurityGroupIngress'));
}

function networksOf(group: Resource, templates: Templates): string[] {
  const beside = templates
    .naming(group, 'AWS::EC2::SecurityGroupIngress', 'GroupId')
    .map((each) => each.body.Properties);
  return [...group.list('SecurityGroupIngress'), ...beside]
    .flatMap((rule) => [at(rule, 'CidrIp'), at(rule, 'CidrIpv6')])
    .filter((network) => typeof network === 'string');
}

/** By the policy's own measure: two halves are the internet too. What it cannot read might be: AWS takes `203.0.113.7/0` for everything. */
function isInternet(networks: string[]): boolean {
  if (networks.length === 0) return false;
  try {
    AllowList.of(networks);
    return false;
  } catch {
    return true;
  }
}
