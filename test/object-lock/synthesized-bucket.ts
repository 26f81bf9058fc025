import {
  CreateBucketCommand,
  type ObjectLockConfiguration,
  type OwnershipControls,
  type PublicAccessBlockConfiguration,
  PutBucketEncryptionCommand,
  PutBucketLoggingCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
  type ServerSideEncryptionByDefault,
  type Tag,
  type VersioningConfiguration,
} from '@aws-sdk/client-s3';
import type { Stack } from 'aws-cdk-lib';
import { type DeployedResource, PhysicalResources } from '../aws/physical-resources';
import { refusal } from './refusal';
import type { Statement } from './statements';

/** The properties of the archive's bucket, in CloudFormation's words. */
interface BucketProperties {
  readonly ObjectLockEnabled: boolean;
  readonly VersioningConfiguration: VersioningConfiguration;
  readonly ObjectLockConfiguration: ObjectLockConfiguration;
  readonly PublicAccessBlockConfiguration: PublicAccessBlockConfiguration;
  readonly OwnershipControls: OwnershipControls;
  readonly BucketEncryption: {
    readonly ServerSideEncryptionConfiguration: readonly {
      readonly ServerSideEncryptionByDefault: ServerSideEncryptionByDefault;
    }[];
  };
  readonly LoggingConfiguration: { readonly DestinationBucketName: string; readonly LogFilePrefix: string };
  readonly Tags: readonly Tag[];
}

/** What Ceph 16.2 misreads of a public access block: with the one it refuses every PUT, with the other every policy that allows anything. */
export const MISREAD_BLOCKS = ['BlockPublicAcls', 'BlockPublicPolicy'] as const;

/** The records' bucket of a synthesized archive, made in a server by the calls that CloudFormation would do. */
export class SynthesizedBucket {
  public readonly name: string;
  public readonly statements: readonly Statement[];
  private readonly resources: PhysicalResources;
  private readonly properties: BucketProperties;

  public constructor(stack: Stack, account: string, region: string) {
    this.resources = new PhysicalResources([stack], account, region);
    const bucket = this.find('AWS::S3::Bucket', 'ArchiveRecordsBucket');
    this.name = bucket.ref;
    this.properties = bucket.properties as unknown as BucketProperties;
    const { PolicyDocument } = this.find('AWS::S3::BucketPolicy', 'ArchiveRecordsBucketPolicy').properties;
    this.statements = (PolicyDocument as { readonly Statement: readonly Statement[] }).Statement;
  }

  /** The name of one of the archive's roles. */
  public roleName(role: string): string {
    return this.find('AWS::IAM::Role', `ArchiveRoles${role}`).ref;
  }

  public get lockConfiguration(): ObjectLockConfiguration {
    return this.properties.ObjectLockConfiguration;
  }

  /** Makes the bucket, and says of each property of it that it was `applied`, or `refused: <code>`, or that it is `unknown` here. */
  public async create(owner: S3Client): Promise<Record<string, string>> {
    const calls = this.calls(owner);
    const outcomes = Object.fromEntries(Object.keys(this.properties).map((name) => [name, 'unknown']));
    for (const [name, call] of Object.entries(calls)) {
      if (name in outcomes) outcomes[name] = outcomeOf(await refusal(call()));
    }
    return outcomes;
  }

  public async applyPolicy(owner: S3Client, statements: readonly Statement[]): Promise<void> {
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    await owner.send(new PutBucketPolicyCommand({ Bucket: this.name, Policy }));
  }

  private calls(owner: S3Client): Readonly<Record<keyof BucketProperties, () => Promise<unknown>>> {
    const { BucketEncryption, LoggingConfiguration, PublicAccessBlockConfiguration: blocks, ...same } = this.properties;
    const Bucket = this.name;
    const understood = Object.entries(blocks).filter(([name]) => !MISREAD_BLOCKS.some((each) => each === name));
    return {
      ObjectLockEnabled: () =>
        owner.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: same.ObjectLockEnabled })),
      VersioningConfiguration: () => owner.send(new PutBucketVersioningCommand({ Bucket, ...same })),
      ObjectLockConfiguration: () => owner.send(new PutObjectLockConfigurationCommand({ Bucket, ...same })),
      PublicAccessBlockConfiguration: () => {
        const PublicAccessBlockConfiguration = Object.fromEntries(understood);
        return owner.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
      },
      OwnershipControls: () => owner.send(new PutBucketOwnershipControlsCommand({ Bucket, ...same })),
      BucketEncryption: () => {
        const Rules = BucketEncryption.ServerSideEncryptionConfiguration.map(({ ServerSideEncryptionByDefault }) => ({
          ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault,
        }));
        return owner.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
      },
      LoggingConfiguration: () => {
        const { DestinationBucketName: TargetBucket, LogFilePrefix: TargetPrefix } = LoggingConfiguration;
        const BucketLoggingStatus = { LoggingEnabled: { TargetBucket, TargetPrefix } };
        return owner.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus }));
      },
      Tags: () => owner.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [...same.Tags] } })),
    };
  }

  private find(type: string, logicalId: string): DeployedResource {
    const found = this.resources.all.find((each) => each.type === type && each.logicalId.startsWith(logicalId));
    if (found === undefined) throw new Error(`the archive has no ${type} ${logicalId}`);
    return found;
  }
}

function outcomeOf(refused: string | undefined): string {
  return refused === undefined ? 'applied' : `refused: ${refused}`;
}
