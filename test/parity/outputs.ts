process.env.CDK_VALIDATION = 'false';

import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { TerraformStack, Testing } from 'cdktf';
import * as aws from '../../lib/aws';
import * as google from '../../lib/google';
import { AuditLogPolicy, Deployment } from '../../lib/policy';
import { makeFront } from '../aws/front-doors';
import { routingStack } from '../aws/routed-logs';

/**
 * Which parts of a log on AWS a value can change; the others would only cost time. `archives`: what keeps records, in every region. `access`: the front
 * door, that of the first region. `routing`: that, and what leads clients to regions.
 */
export type Part = 'archives' | 'access' | 'routing';

/** Resources by what identifies them. */
export type Output = ReadonlyMap<
  string,
  { readonly type: string; readonly properties: Readonly<Record<string, unknown>> }
>;

interface CloudFormationResource {
  readonly Type: string;
  readonly Properties?: object;
}

/** What CloudFormation reads of a policy. */
export function awsOutput(policy: AuditLogPolicy, part: Part): Output {
  const templates = part === 'archives' ? archiveTemplates(policy) : frontTemplates(policy, part);
  return resourcesOf(templates);
}

function resourcesOf(templates: readonly [string, Template][]): Output {
  return new Map(
    templates.flatMap(([stack, template]) =>
      Object.entries(template.toJSON().Resources ?? {}).map(([id, resource]) => {
        const { Type: type, Properties: properties, ...attributes } = resource as CloudFormationResource;
        return [`${stack}/${id}`, { type, properties: { ...properties, ...attributes } }] as const;
      }),
    ),
  );
}

/** What CloudFormation reads of all of a log that AWS hosts. */
export function wholeAwsOutput(policy: AuditLogPolicy): Output {
  const app = new App();
  new aws.MultiRegionAuditLog(app, 'log', { policy, deployment: Deployment.example(policy) });
  const stacks = app.node.findAll().filter((each) => each instanceof Stack);
  return resourcesOf(stacks.map((stack) => [stack.node.path, Template.fromStack(stack)]));
}

/** As `MultiRegionAuditLog` makes them. */
function archiveTemplates(policy: AuditLogPolicy): [string, Template][] {
  const deployment = Deployment.example(policy);
  const app = new App();
  const stacks = policy.regions.flatMap((region) => {
    const replication = aws.Replication.withinJurisdiction(policy, deployment, region);
    const parts = { policy, deployment, region, breakGlassRoleArn: deployment.breakGlassRoleArn, replication };
    const env = { account: deployment.regionNamed(region.name).account, region: region.name };
    const replicas =
      replication.sources.length > 0 ? [new aws.ReplicaStack(app, `${region.name}-replicas`, parts, { env })] : [];
    return [...replicas, new aws.ArchiveStack(app, `${region.name}-archive`, parts, { env })];
  });
  return stacks.map((stack) => [stack.node.id, Template.fromStack(stack)]);
}

function frontTemplates(policy: AuditLogPolicy, part: Part): [string, Template][] {
  const front: Stack = makeFront(policy).stack;
  const global: Stack[] = part === 'routing' ? [routingStack(policy)] : [];
  return [front, ...global].map((stack) => [stack.node.id, Template.fromStack(stack)]);
}

/** Where Google hosts what the policies of these tests have on AWS: each cloud has names of its own. */
const REGIONS_OF_GOOGLE: Readonly<Record<string, string>> = {
  'eu-central-1': 'europe-west3',
  'eu-west-1': 'europe-west1',
};

/** What Terraform reads of all of a log with the targets that it has by default. */
export function googleOutput(policy: AuditLogPolicy): Output {
  const stack = new TerraformStack(Testing.app(), 'log');
  new GoogleProvider(stack, 'google', { project: 'example-audit' });
  const here = onGoogle(policy);
  new google.ImmutableAuditLog(stack, 'AuditLog', {
    policy: here,
    deployment: google.GoogleDeployment.example(here),
  });
  const { resource = {} } = stack.toTerraform() as {
    resource?: Record<string, Record<string, Record<string, unknown>>>;
  };
  return new Map(
    Object.entries(resource).flatMap(([type, resources]) =>
      Object.entries(resources).map(
        ([id, { '//': _, ...properties }]) => [`${type}.${id}`, { type, properties }] as const,
      ),
    ),
  );
}

function onGoogle(policy: AuditLogPolicy): AuditLogPolicy {
  const document = JSON.parse(policy.toDocument());
  const regions = policy.regions.map(({ name, jurisdiction }) => ({ name: REGIONS_OF_GOOGLE[name], jurisdiction }));
  return AuditLogPolicy.parse(JSON.stringify({ ...document, regions }));
}

/** What is another in one output than in another: `<type>.<property>`, and `<type>` of what is there in one only. */
export function changes(before: Output, after: Output): Set<string> {
  const found = new Set<string>();
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [one, other] = [before.get(id), after.get(id)];
    if (one === undefined || other === undefined) {
      found.add((one ?? other)!.type);
      continue;
    }
    for (const name of new Set([...Object.keys(one.properties), ...Object.keys(other.properties)])) {
      if (JSON.stringify(one.properties[name]) !== JSON.stringify(other.properties[name]))
        found.add(`${one.type}.${name}`);
    }
  }
  return found;
}
