import { ArtifactRegistryRepository } from '@cdktf/provider-google/lib/artifact-registry-repository';
import { ArtifactRegistryRepositoryIamMember } from '@cdktf/provider-google/lib/artifact-registry-repository-iam-member';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { physicalName } from './physical-name';
import { ServiceIdentity } from './service-identity';
import type { TargetContext } from './target-context';

/** Google copies sources into a bucket of its own, one a region, which is there from the first build on: https://cloud.google.com/functions/docs/building */
const COPIES = 'resource.name.startsWith("projects/_/buckets/gcf-v2-sources-")';

/** The parts of a build. */
export interface FunctionBuildProps {
  /** Name of the bundle that is built, such as `ingest-function`. */
  readonly bundle: string;

  /** Name of the bucket with the source. */
  readonly sourceBucket: string;
  readonly context: TargetContext;
}

/**
 * Who builds a function, and where its image is kept: an identity and a repository of its own. Without one Google builds as the project's default account,
 * which often may edit all of the project. https://cloud.google.com/functions/docs/securing/build-custom-sa
 */
export class FunctionBuild extends Construct {
  /** The account that builds, `projects/…/serviceAccounts/…`. */
  public readonly serviceAccount: string;

  /** Id of the repository, `projects/…/locations/…/repositories/…`. */
  public readonly repositoryId: string;

  /** What must be granted before anything is built. */
  public readonly grants: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: FunctionBuildProps) {
    super(scope, id);
    const { archive, deployment } = props.context;
    const { project } = deployment;
    const location = archive.region.name;
    const { member, email } = new ServiceIdentity(this, 'Builder', {
      origin: archive.origin,
      service: `build-${props.bundle.replace(/-function$/, '')}`,
      description: `builds the ${props.bundle}`,
    });
    const repository = new ArtifactRegistryRepository(this, 'Images', {
      repositoryId: physicalName(this, `${archive.policy.name}-${props.bundle}-${location}`),
      location,
      format: 'DOCKER',
    });
    this.serviceAccount = `projects/${project}/serviceAccounts/${email}`;
    this.repositoryId = repository.id;
    this.grants = [
      new ArtifactRegistryRepositoryIamMember(this, 'Push', {
        repository: repository.name,
        location,
        role: 'roles/artifactregistry.writer',
        member,
      }),
      new StorageBucketIamMember(this, 'Source', {
        bucket: props.sourceBucket,
        role: 'roles/storage.objectViewer',
        member,
      }),
      new ProjectIamMember(this, 'SourceCopy', {
        project,
        role: 'roles/storage.objectViewer',
        member,
        condition: { title: 'copies of sources', expression: COPIES },
      }),
      new ProjectIamMember(this, 'Log', { project, role: 'roles/logging.logWriter', member }),
    ];
  }
}
