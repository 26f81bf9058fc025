import { but, deny, type Exempt, type OrgStatement, OUR_ROLES, OURS } from './org-statement';

/** Whoever may put what is deployed where deployment takes it from, as the CDK names them: one for each qualifier and region. */
export const PUBLISHERS = 'arn:*:iam::*:role/cdk-*-file-publishing-role-*';

/** Buckets of templates and functions' code that wait for their deployment, and what is in them; the CDK's of an account, not a log's own. */
const STAGING = 'arn:*:s3:::cdk-*-assets-*';

const SECURITY_GROUPS = 'arn:*:ec2:*:*:security-group/*';

/** What no principal of an account may do to stand in for a log: have their code deployed as its own, or speak to it as its load balancer. */
export function standInStatements({ breakGlass, deployers }: Exempt): OrgStatement[] {
  const exempt = [...deployers, ...breakGlass];
  return [
    // What is there already under the hash of an asset is not uploaded again, so whoever comes first says what is deployed.
    deny(
      'DenyStagingChanges',
      [
        's3:DeleteBucket*',
        's3:DeleteObject*',
        's3:PutBucket*',
        's3:PutLifecycleConfiguration',
        's3:PutObject',
        's3:ReplicateDelete',
        's3:ReplicateObject',
      ],
      but([...exempt, PUBLISHERS]),
      [STAGING],
    ),
    // Tasks believe whoever comes from the load balancer's group. Functions in a VPC join one of ours as their own role.
    deny(
      'DenyJoining',
      [
        'ec2:Apply*',
        'ec2:Associate*',
        'ec2:Create*',
        'ec2:ModifyClientVpnEndpoint',
        'ec2:ModifyInstance*',
        'ec2:ModifyNetworkInterfaceAttribute',
        'ec2:Request*',
        'ec2:RunInstances',
      ],
      { ...OURS, ...but([...exempt, OUR_ROLES]) },
      [SECURITY_GROUPS],
    ),
  ];
}
