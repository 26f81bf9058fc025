import { createHash } from 'node:crypto';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
}

/** What a resource is called once it is deployed. */
interface Physical {
  readonly ref: string;
  readonly arn: string;
}

/** A resource of a template with every intrinsic function of its properties resolved. */
export interface DeployedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Record<string, unknown>;
  readonly ref: string;
  readonly arn: string;
}

/** Synthesized stacks as if they were deployed: names are made up, references between resources and stacks are followed. */
export class PhysicalResources {
  public readonly all: readonly DeployedResource[];
  private readonly exports = new Map<string, unknown>();

  public constructor(
    stacks: readonly Stack[],
    public readonly account: string,
    public readonly region: string,
  ) {
    const templates = stacks.map((stack) => new DeployedTemplate(stack, this));
    for (const template of templates) for (const [name, value] of template.exports()) this.exports.set(name, value);
    this.all = templates.flatMap((template) => [template.stack(), ...template.resources(), ...template.tasks()]);
  }

  /** The value that another stack exports. */
  public imported(name: string): unknown {
    if (!this.exports.has(name)) throw new Error(`no stack exports ${name}`);
    return this.exports.get(name);
  }
}

/** How ARNs begin that are more than a name, and whether the name is followed by a number; such a resource is referred to by its ARN. */
const KINDS: Readonly<Record<string, { service: string; before: string; isNumbered?: boolean }>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': { service: 'application-autoscaling', before: 'scalable-target/' },
  'AWS::CloudWatch::Alarm': { service: 'cloudwatch', before: 'alarm:' },
  'AWS::EC2::SecurityGroup': { service: 'ec2', before: 'security-group/' },
  'AWS::EC2::VPCEndpoint': { service: 'ec2', before: 'vpc-endpoint/' },
  'AWS::ECS::Cluster': { service: 'ecs', before: 'cluster/' },
  'AWS::ECS::Service': { service: 'ecs', before: 'service/cluster/' },
  'AWS::ECS::TaskDefinition': { service: 'ecs', before: 'task-definition/', isNumbered: true },
  'AWS::ElasticLoadBalancingV2::Listener': {
    service: 'elasticloadbalancing',
    before: 'listener/app/front/',
    isNumbered: true,
  },
  'AWS::ElasticLoadBalancingV2::ListenerRule': {
    service: 'elasticloadbalancing',
    before: 'listener-rule/app/front/id/',
    isNumbered: true,
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    service: 'elasticloadbalancing',
    before: 'loadbalancer/app/',
    isNumbered: true,
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': {
    service: 'elasticloadbalancing',
    before: 'targetgroup/',
    isNumbered: true,
  },
  'AWS::ElasticLoadBalancingV2::TrustStore': {
    service: 'elasticloadbalancing',
    before: 'truststore/',
    isNumbered: true,
  },
  'AWS::Events::Rule': { service: 'events', before: 'rule/' },
  'AWS::Lambda::Function': { service: 'lambda', before: 'function:' },
  'AWS::Logs::LogGroup': { service: 'logs', before: 'log-group:' },
};

function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

class DeployedTemplate {
  private readonly stackName: string;
  private readonly template: {
    Resources?: Record<string, Resource>;
    Parameters?: Record<string, { Default?: string }>;
    Outputs?: Record<string, { Value: unknown; Export?: { Name: string } }>;
  };

  private readonly tags: Record<string, string>;

  public constructor(
    stack: Stack,
    private readonly world: PhysicalResources,
  ) {
    this.stackName = stack.stackName;
    this.tags = stack.tags.tagValues();
    this.template = Template.fromStack(stack).toJSON();
  }

  public exports(): [string, unknown][] {
    const outputs = Object.values(this.template.Outputs ?? {});
    return outputs.flatMap(({ Value, Export }) => (Export ? [[Export.Name, this.resolve(Value)]] : []));
  }

  public resources(): DeployedResource[] {
    return Object.entries(this.template.Resources ?? {}).map(([logicalId, { Type, Properties }]) => ({
      logicalId,
      type: Type,
      properties: this.resolve(Properties ?? {}) as Record<string, unknown>,
      ...this.physical(logicalId),
    }));
  }

  /** The stack itself, which CloudFormation tags. */
  public stack(): DeployedResource {
    const arn = this.arnOf('cloudformation', `stack/${this.stackName}/${idOf(this.stackName)}`);
    const Tags = Object.entries(this.tags).map(([Key, Value]) => ({ Key, Value }));
    return { logicalId: this.stackName, type: 'AWS::CloudFormation::Stack', properties: { Tags }, ref: arn, arn };
  }

  /** A task of each service, which gets the service's tags if the service says so. */
  public tasks(): DeployedResource[] {
    return this.resources()
      .filter(({ type }) => type === 'AWS::ECS::Service')
      .map(({ logicalId, properties }) => {
        const arn = this.arnOf('ecs', `task/${properties.Cluster}/${idOf(logicalId)}`);
        const tags = properties.PropagateTags === 'SERVICE' ? { Tags: properties.Tags } : {};
        return { logicalId, type: 'AWS::ECS::Task', properties: tags, ref: arn, arn };
      });
  }

  private arnOf(service: string, rest: string): string {
    return `arn:aws:${service}:${this.world.region}:${this.world.account}:${rest}`;
  }

  private physical(logicalId: string): Physical {
    const { account, region } = this.world;
    const resource = this.template.Resources?.[logicalId];
    if (resource === undefined) throw new Error(`${this.stackName} has no resource ${logicalId}`);
    const given = (property: string) => this.resolve(resource.Properties?.[property]) as string | undefined;
    const name = `${this.stackName}-${logicalId}`;
    switch (resource.Type) {
      case 'AWS::S3::Bucket': {
        const prefix = given('BucketNamePrefix');
        const ofAccount = prefix && `${prefix}-${account}-${region}-an`;
        const bucket = given('BucketName') ?? ofAccount ?? name.toLowerCase();
        return { ref: bucket, arn: `arn:aws:s3:::${bucket}` };
      }
      case 'AWS::IAM::Role': {
        const role = given('RoleName') ?? name;
        return { ref: role, arn: `arn:aws:iam::${account}:role${given('Path') ?? '/'}${role}` };
      }
      case 'AWS::IAM::ManagedPolicy': {
        const arn = `arn:aws:iam::${account}:policy${given('Path') ?? '/'}${name}`;
        return { ref: arn, arn };
      }
      case 'AWS::KMS::Key': {
        const id = idOf(name);
        return { ref: id, arn: `arn:aws:kms:${region}:${account}:key/${id}` };
      }
      case 'AWS::Glue::Database': {
        const { Name: database } = this.resolve(resource.Properties?.DatabaseInput) as { Name: string };
        return { ref: database, arn: `arn:aws:glue:${region}:${account}:database/${database}` };
      }
      case 'AWS::WAFv2::WebACL':
      case 'AWS::WAFv2::IPSet': {
        const kind = resource.Type.endsWith('WebACL') ? 'webacl' : 'ipset';
        return {
          ref: `${name}|${idOf(name)}|REGIONAL`,
          arn: this.arnOf('wafv2', `regional/${kind}/${name}/${idOf(name)}`),
        };
      }
      default: {
        const kind = KINDS[resource.Type];
        if (kind !== undefined) {
          const arn = this.arnOf(kind.service, `${kind.before}${kind.isNumbered ? `${name}/${idOf(name)}` : name}`);
          return { ref: kind.isNumbered ? arn : name, arn };
        }
        const service = resource.Type.split('::')[1]?.toLowerCase();
        return { ref: name, arn: `arn:aws:${service}:${region}:${account}:${name}` };
      }
    }
  }

  private resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.resolve(each));
    if (typeof value !== 'object' || value === null) return value;
    const [entry, ...others] = Object.entries(value);
    if (entry === undefined || others.length > 0 || !(entry[0] === 'Ref' || entry[0].startsWith('Fn::'))) {
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.resolve(each)]));
    }
    return this.call(entry[0], entry[1]);
  }

  private call(name: string, argument: unknown): unknown {
    switch (name) {
      case 'Ref':
        return this.refer(argument as string);
      case 'Fn::GetAtt': {
        const [logicalId, attribute] = Array.isArray(argument) ? argument : (argument as string).split('.');
        const { ref, arn } = this.physical(logicalId);
        return attribute === 'Arn' ? arn : `${ref}.${attribute}`;
      }
      case 'Fn::Join': {
        const [separator, parts] = this.resolve(argument) as [string, string[]];
        return parts.join(separator);
      }
      case 'Fn::Sub':
        return (argument as string).replace(/\$\{([^!}]+)\}/g, (_, reference: string) =>
          reference.includes('.') ? String(this.call('Fn::GetAtt', reference)) : this.refer(reference),
        );
      case 'Fn::Select': {
        const [index, list] = this.resolve(argument) as [number, unknown[]];
        return list[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = this.resolve(argument) as [string, string];
        return text.split(separator);
      }
      case 'Fn::ImportValue':
        return this.world.imported(this.resolve(argument) as string);
      // Nothing that decides about a policy depends on the zones of a region.
      case 'Fn::GetAZs':
        return ['a', 'b', 'c'].map((zone) => `${this.world.region}${zone}`);
      // Nor on the addresses of its subnets.
      case 'Fn::Cidr': {
        const [block, count] = this.resolve(argument) as [string, number];
        return Array.from({ length: count }, (_, index) => `${block}#${index}`);
      }
      default:
        throw new Error(`${this.stackName} uses ${name}, which is not known here`);
    }
  }

  private refer(name: string): string {
    const pseudo: Record<string, string> = {
      'AWS::AccountId': this.world.account,
      'AWS::Region': this.world.region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.stackName,
      'AWS::StackId': this.stack().arn,
    };
    return pseudo[name] ?? this.template.Parameters?.[name]?.Default ?? this.physical(name).ref;
  }
}
