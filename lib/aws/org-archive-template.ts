import type { App, StackProps } from 'aws-cdk-lib';
import type { AuditLogPolicy, Deployment, Region } from '../policy';
import { AuditLogError } from '../policy/errors';
import { ArchiveStack } from './archive-stack';
import { RegionMerge } from './org-merge';
import { synthesizeAlone } from './org-synthesis';
import { applyOrganization } from './organization-aspect';
import { ReplicaStack } from './replica-stack';
import { Replication } from './replication';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_IN_BODY = 51_200;

/**
 * One template for all regions of a policy, as a StackSet needs it: without assets, custom resources and bootstrapping. What differs between
 * regions is in its mappings and conditions, so that in a region that the policy does not list it fails. Its outputs say the jurisdiction.
 *
 * It is made from the same stacks as elsewhere, with the same logical ids and exports, so that a log's fronts take what they need from it.
 * A StackSet gives stacks no termination protection: what keeps them is `OrgGuardrails`, if the StackSet and its stacks are called
 * `<log>-archive` and `<log>-replicas`.
 */
export class ArchiveTemplate {
  /**
   * Of the archives of all regions on AWS.
   *
   * @throws region-undeployed, templates-unlike, and what `ArchiveStack` throws
   */
  public static archives(policy: AuditLogPolicy, deployment: Deployment): ArchiveTemplate {
    const regions = policy.regions.filter(({ name }) => !deployment._isElsewhere(name));
    return new ArchiveTemplate(`${policy.name}-archive`, regions, (app, region, props) => {
      const breakGlassRoleArn = deployment.breakGlassRoleOf(region.name);
      const replication = Replication.withinJurisdiction(policy, deployment, region);
      const stack = new ArchiveStack(app, 'Archive', { policy, region, breakGlassRoleArn, replication }, props);
      applyOrganization(stack, deployment);
    });
  }

  /**
   * Of what regions replicate into, for the regions whose jurisdiction has another one on AWS. Its stacks are deployed before the archives.
   *
   * @throws replication-pointless, region-undeployed, templates-unlike, and what `ReplicaStack` throws
   */
  public static replicas(policy: AuditLogPolicy, deployment: Deployment): ArchiveTemplate {
    const regions = policy.regions
      .filter(({ name }) => !deployment._isElsewhere(name))
      .filter((region) => Replication.withinJurisdiction(policy, deployment, region).sources.length > 0);
    return new ArchiveTemplate(`${policy.name}-replicas`, regions, (app, region, props) => {
      new ReplicaStack(app, 'Replicas', { policy, deployment, region }, props);
    });
  }

  /** The regions that the template is for. */
  public readonly regions: Region[];

  /** The template in JSON, at most 1 MB, to upload for `templateUrl`. */
  public readonly text: string;

  private constructor(
    stackName: string,
    regions: Region[],
    make: (app: App, region: Region, props: StackProps) => void,
  ) {
    if (regions.length === 0) {
      throw new AuditLogError('replication-pointless', {
        problem: 'no jurisdiction of the policy has two regions on AWS, so that nothing would be replicated',
        fix: 'make no template of replicas',
      });
    }
    this.regions = regions;
    const templates = regions.map((region) => ({
      region: region.name,
      template: synthesizeAlone(stackName, (app, props) => make(app, region, props)),
    }));
    const jurisdictions = regions.map(({ jurisdiction }) => jurisdiction);
    this.text = JSON.stringify(new RegionMerge(templates).merge({ Jurisdiction: jurisdictions }));
  }

  /**
   * The template in JSON, for `templateBody`.
   *
   * @throws template-too-large, above 51,200 bytes
   */
  public get body(): string {
    const bytes = Buffer.byteLength(this.text);
    if (bytes <= MOST_IN_BODY) return this.text;
    throw new AuditLogError('template-too-large', {
      problem: 'the template is too large to be a part of another',
      given: bytes,
      allowed: `up to ${MOST_IN_BODY} bytes`,
      fix: 'upload `text`, and give its address as templateUrl',
    });
  }
}
