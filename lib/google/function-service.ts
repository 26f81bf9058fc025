import { Cloudfunctions2Function } from '@cdktf/provider-google/lib/cloudfunctions2-function';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { AuditLogChecks } from './audit-log-checks';
import { FunctionBuild } from './function-build';
import { packageFile } from './package-file';
import { MOST_RUN_NAME, physicalName } from './physical-name';
import type { ServiceIdentity } from './service-identity';
import type { TargetContext } from './target-context';

interface FunctionServiceProps {
  /** Name of the bundle, such as `ingest-function`. */
  readonly bundle: string;
  readonly description: string;
  readonly identity: ServiceIdentity;
  readonly environment: Record<string, string>;
  readonly context: TargetContext;
  readonly size: FunctionSize;
}

/** How much a function gets, and who may call it. */
export interface FunctionSize {
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  readonly maxInstances: number;
  /** Most requests that one instance takes at once. */
  readonly concurrency: number;
  readonly ingress: 'ALLOW_INTERNAL_AND_GCLB' | 'ALLOW_INTERNAL_ONLY';
}

/**
 * A service in a function, which Google builds from the bundle in this package: nobody needs Docker. The bundle brings its own functions framework, so that
 * requests reach the service as they were sent (`.ci/function-archives.mjs`).
 */
export class FunctionService extends Construct {
  /** Name of the function, and of the Cloud Run service below it. */
  public readonly functionName: string;

  public readonly url: string;

  public constructor(scope: Construct, id: string, props: FunctionServiceProps) {
    super(scope, id);
    AuditLogChecks._hold(this);
    const { archive } = props.context;
    const { size } = props;
    const source = this.uploaded(props);
    const { bundle, context } = props;
    const build = new FunctionBuild(this, 'Build', { bundle, sourceBucket: source.bucket, context });
    const deployed = new Cloudfunctions2Function(this, 'Function', {
      name: physicalName(this, `${archive.policy.name}-${props.bundle}-${archive.region.name}`, MOST_RUN_NAME),
      location: archive.region.name,
      description: props.description,
      buildConfig: {
        runtime: 'nodejs22',
        entryPoint: 'serve',
        source: { storageSource: source },
        serviceAccount: build.serviceAccount,
        dockerRepository: build.repositoryId,
      },
      serviceConfig: {
        serviceAccountEmail: props.identity.email,
        environmentVariables: props.environment,
        ingressSettings: size.ingress,
        availableCpu: '1',
        availableMemory: `${size.memoryMiB}M`,
        timeoutSeconds: size.timeoutSeconds,
        maxInstanceCount: size.maxInstances,
        maxInstanceRequestConcurrency: size.concurrency,
        allTrafficOnLatestRevision: true,
      },
      dependsOn: build.grants,
    });
    this.functionName = deployed.name;
    this.url = deployed.serviceConfig.uri;
  }

  /** Another bundle is another object, so that the function is built anew. */
  private uploaded({ bundle, context }: FunctionServiceProps): { bucket: string; object: string } {
    const { archive, deployment } = context;
    const path = packageFile(`dist/bundles/${bundle}.zip`);
    const asset = new TerraformAsset(this, 'Bundle', { path, type: AssetType.FILE });
    const bucket = new StorageBucket(this, 'Source', {
      name: physicalName(this, `${deployment.project}-${archive.policy.name}-${bundle}-${archive.region.name}`),
      location: archive.region.name,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      forceDestroy: true,
    });
    const object = new StorageBucketObject(this, 'SourceArchive', {
      bucket: bucket.name,
      name: `${asset.assetHash}.zip`,
      source: `./${asset.path}`,
    });
    return { bucket: bucket.name, object: object.name };
  }
}
