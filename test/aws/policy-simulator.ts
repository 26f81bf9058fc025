import { anonymousPrincipal, runSimulation, type SimulationRequestPrincipal } from '@cloud-copilot/iam-simulate';
import type { Stack } from 'aws-cdk-lib';
import { type DeployedResource, PhysicalResources } from './physical-resources';

/** A policy document, as JSON. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly Record<string, unknown>[];
}

/** Who asks, and the policies that are attached to them. */
export interface Caller {
  /** ARN of the role, or of the account's root user; `undefined` for a request without a signature. */
  readonly arn: string | undefined;
  readonly policies: readonly PolicyDocument[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** One call of an API. */
export interface Request {
  readonly by: Caller;
  /** Such as `s3:PutObject`. */
  readonly action: string;
  /** ARN of what it is about. */
  readonly resource: string;
  /** Condition keys beside those that every request has: over TLS 1.3, from the caller's account. */
  readonly context?: Readonly<Record<string, string>>;
  /** Logical id, or the beginning of one, of the VPC endpoint that the request goes through. */
  readonly through?: string;
}

export type Decision = 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied';

/** Where the stacks are deployed, and what their organisation adds. */
export interface Surroundings {
  readonly account?: string;
  readonly region?: string;
  readonly serviceControlPolicies?: readonly PolicyDocument[];
  readonly resourceControlPolicies?: readonly PolicyDocument[];
}

const EVERYTHING: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** Someone without a signature. */
export const ANYONE: Caller = { arn: undefined, policies: [] };

/** A role, or the root user, that its account's IAM policies allow everything. */
export function administrator(arn: string): Caller {
  return { arn, policies: [EVERYTHING] };
}

/** Decides about requests by the policies of synthesized stacks: of buckets, keys, identities and VPC endpoints. */
export class PolicySimulator {
  public readonly account: string;
  private readonly resources: readonly DeployedResource[];

  public constructor(
    stacks: readonly Stack[],
    private readonly surroundings: Surroundings = {},
  ) {
    this.account = surroundings.account ?? '111122223333';
    this.resources = new PhysicalResources(stacks, this.account, surroundings.region ?? 'eu-central-1').all;
  }

  /** The only resource of a type whose logical id begins so. */
  public find(type: string, logicalId: string): DeployedResource {
    const found = this.resources.filter((each) => each.type === type && each.logicalId.startsWith(logicalId));
    const [one] = found;
    if (one === undefined || found.length > 1) throw new Error(`${found.length} resources are a ${type} ${logicalId}`);
    return one;
  }

  /** A role of the stacks, with all policies that the stacks attach to it. */
  public role(logicalId: string): Caller {
    const role = this.find('AWS::IAM::Role', logicalId);
    const inline = (role.properties.Policies ?? []) as { PolicyDocument: PolicyDocument }[];
    const attached = this.resources.filter(
      ({ type, properties }) =>
        (type === 'AWS::IAM::ManagedPolicy' || type === 'AWS::IAM::Policy') &&
        ((properties.Roles ?? []) as string[]).includes(role.ref),
    );
    const named = (role.properties.ManagedPolicyArns ?? []) as string[];
    attached.push(...this.resources.filter(({ arn }) => named.includes(arn)));
    return {
      arn: role.arn,
      tags: tagsOf(role),
      policies: [
        ...inline.map((each) => each.PolicyDocument),
        ...attached.map(({ properties }) => properties.PolicyDocument as PolicyDocument),
      ],
    };
  }

  /** The policy on a bucket or key, or `undefined` for what has none. */
  public policyOn(resource: string): PolicyDocument | undefined {
    const [arn] = resource.split('/*');
    const key = this.resources.find((each) => each.type === 'AWS::KMS::Key' && each.arn === arn);
    if (key !== undefined) return key.properties.KeyPolicy as PolicyDocument;
    const bucket = this.resources.find(
      (each) => each.type === 'AWS::S3::Bucket' && (resource === each.arn || resource.startsWith(`${each.arn}/`)),
    );
    const policies = this.resources.filter(({ type }) => type === 'AWS::S3::BucketPolicy');
    return policies.find(({ properties }) => properties.Bucket === bucket?.ref)?.properties.PolicyDocument as
      | PolicyDocument
      | undefined;
  }

  /**
   * Decides one request.
   *
   * @param policy on the resource instead of the deployed one, to see what a statement is good for
   * @throws if a policy is malformed, or a condition key means nothing for the action: the request would test something else
   */
  public async decide(request: Request, policy = this.policyOn(request.resource)): Promise<Decision> {
    const { by, action, resource, context = {} } = request;
    const named = (policies: readonly PolicyDocument[]) =>
      policies.map((each, index) => ({ name: `policy-${index}`, policy: each }));
    const ofOrganisation = (policies: readonly PolicyDocument[] = []) =>
      policies.length === 0 ? [] : [{ orgIdentifier: 'o-example', policies: named(policies) }];
    const about = this.resourceAt(resource);
    const results = await runSimulation(
      {
        request: {
          principal: (by.arn ?? anonymousPrincipal) as SimulationRequestPrincipal,
          action,
          resource: { resource, accountId: this.account },
          contextVariables: { ...usualContext(by, action), ...tagContext(about), ...context },
        },
        additionalSettings: { s3: { bucketAbacEnabled: about?.properties.AbacStatus === 'Enabled' } },
        identityPolicies: named(by.policies),
        serviceControlPolicies: ofOrganisation(this.surroundings.serviceControlPolicies),
        resourceControlPolicies: ofOrganisation(this.surroundings.resourceControlPolicies),
        resourcePolicy: policy,
        vpcEndpointPolicies: request.through === undefined ? undefined : named([this.endpointPolicy(request.through)]),
      },
      {},
    );
    if (results.resultType !== 'single') throw new Error(`${action}: ${JSON.stringify(results)}`);
    const ignored = Object.keys(context).filter((key) => results.result.ignoredContextKeys?.includes(key));
    if (ignored.length > 0) throw new Error(`${action} has no condition keys ${ignored.join(', ')}`);
    return results.overallResult as Decision;
  }

  /** What an ARN is of: a bucket for those of its objects. */
  private resourceAt(arn: string): DeployedResource | undefined {
    return this.resources.find(
      (each) => arn === each.arn || (arn.startsWith('arn:aws:s3:::') && arn.startsWith(`${each.arn}/`)),
    );
  }

  private endpointPolicy(logicalId: string): PolicyDocument {
    return this.find('AWS::EC2::VPCEndpoint', logicalId).properties.PolicyDocument as PolicyDocument;
  }
}

function tagsOf(resource: DeployedResource | undefined): Record<string, string> {
  const tags = (resource?.properties.Tags ?? []) as { Key: string; Value: string }[];
  return Array.isArray(tags) ? Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) : {};
}

/** S3 gives the tags of a bucket under two names: those of a bucket by itself, and those of the bucket behind an access point. */
function tagContext(about: DeployedResource | undefined): Record<string, string> {
  const tags = tagsOf(about);
  const ofBucket = about?.type === 'AWS::S3::Bucket' ? prefixed('s3:BucketTag', tags) : {};
  return { ...prefixed('aws:ResourceTag', tags), ...ofBucket };
}

function prefixed(key: string, tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [`${key}/${name}`, value]));
}

function usualContext({ arn, tags = {} }: Caller, action: string): Record<string, string> {
  const transport = {
    'aws:SecureTransport': 'true',
    ...(action.startsWith('s3:') && { 's3:TlsVersion': '1.3' }),
  };
  if (arn === undefined) return transport;
  const account = arn.split(':')[4] ?? '';
  return {
    ...transport,
    'aws:PrincipalArn': arn,
    'aws:PrincipalAccount': account,
    ...prefixed('aws:PrincipalTag', tags),
    ...(action.startsWith('kms:') && { 'kms:CallerAccount': account }),
  };
}
