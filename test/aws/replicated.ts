process.env.CDK_VALIDATION = 'false';

import { App } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { ArchiveStack, ReplicaStack, Replication } from '../../lib/aws';
import {
  type AuditLogPolicy,
  Deployment,
  Organization,
  PathDeployment,
  type Region,
  RegionDeployment,
} from '../../lib/policy';
import { parsedPolicy } from '../policy/parsed-policy';
import { BREAK_GLASS } from './archives';

export const ORGANIZATION = 'o-a1b2c3d4e5';

/** The account of eu-west-1; the other regions' is 111122223333. */
export const OTHER_ACCOUNT = '444455556666';

/** Three regions of the EU, one of them in an account of its own; one of the US; one of the EU on another cloud. */
export const FIVE_REGIONS = parsedPolicy({
  regions: [
    { name: 'eu-central-1', jurisdiction: 'EU' },
    { name: 'us-east-1', jurisdiction: 'US' },
    { name: 'eu-west-1', jurisdiction: 'EU' },
    { name: 'europe-west3', jurisdiction: 'EU' },
    { name: 'eu-north-1', jurisdiction: 'EU' },
  ],
});

/** Where a policy is deployed, within an organization or not. */
export function deploymentOf(policy: AuditLogPolicy, organization?: Organization): Deployment {
  const { elsewhere } = Deployment.example(policy);
  const path = PathDeployment.of({});
  const regions = policy.regions.filter(({ name }) => elsewhere.every((each) => each.name !== name));
  return Deployment.of({
    domain: 'audit.example.com',
    breakGlassRoleArn: BREAK_GLASS,
    organization,
    elsewhere,
    regions: regions.map(({ name }) =>
      RegionDeployment.of({
        name,
        account: name === 'eu-west-1' ? OTHER_ACCOUNT : '111122223333',
        breakGlassRoleArn: name === 'eu-west-1' ? BREAK_GLASS.replace('111122223333', OTHER_ACCOUNT) : undefined,
        ingest: path,
        query: path,
      }),
    ),
  });
}

export const DEPLOYMENT = deploymentOf(FIVE_REGIONS, Organization.of({ id: ORGANIZATION }));

export function regionOf(policy: AuditLogPolicy, name: string): Region {
  const region = policy.regions.find((each) => each.name === name);
  if (region === undefined) throw new Error(`the policy has no region ${name}`);
  return region;
}

/** The replication of a region of `FIVE_REGIONS`. */
export function replicationOf(name: string): Replication {
  return Replication.withinJurisdiction(FIVE_REGIONS, DEPLOYMENT, regionOf(FIVE_REGIONS, name));
}

/** The replicas of a region of a policy. */
export function replicaStack(name = 'eu-central-1', policy = FIVE_REGIONS, deployment = DEPLOYMENT): ReplicaStack {
  return new ReplicaStack(new App(), 'acme-audit-replicas', { policy, deployment, region: regionOf(policy, name) });
}

/** The archive of a region of `FIVE_REGIONS`, with replication. */
export function replicatedStack(name = 'eu-central-1', scope: IConstruct = new App()): ArchiveStack {
  return new ArchiveStack(scope.node.root as App, 'acme-audit-archive', {
    policy: FIVE_REGIONS,
    region: regionOf(FIVE_REGIONS, name),
    breakGlassRoleArn: BREAK_GLASS,
    replication: replicationOf(name),
  });
}
