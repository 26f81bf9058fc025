import { Stack, Tags } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { Organization } from '../policy';

/** So that a slip of the hand is refused where it is made. */
const EVACUATION = '^(none|[a-z0-9-]+(/(ingest|query))?(, ?[a-z0-9-]+(/(ingest|query))?)*)$';

/**
 * Name of a log's switch, without the slash that it begins with. It is below a name of ours, since Parameter Store reserves names that begin like
 * a service of AWS, as that of a log may.
 */
export function evacuationSwitchName(log: string): string {
  return `immutable-audit-log/${log}/evacuated`;
}

/**
 * Makes `Evacuated` below a scope, the parameter that people write. CloudFormation writes `none` whenever it changes anything about it, a tag of it
 * or of its stack included, so that nothing about it may depend on the regions or on the organisation.
 */
export function evacuationSwitch(scope: Construct, log: string, organization?: Organization): StringParameter {
  const parameter = new StringParameter(scope, 'Evacuated', {
    parameterName: `/${evacuationSwitchName(log)}`,
    description: 'regions of the audit log from which clients are led away, or none',
    stringValue: 'none',
    allowedPattern: EVACUATION,
  });
  for (const key of Object.keys(organization?.tags ?? {})) {
    Tags.of(parameter).remove(key);
    // CloudFormation puts the tags of a stack on all that is in it. The other resources keep theirs, which are in the template too.
    Tags.of(Stack.of(scope)).remove(key, { includeResourceTypes: ['aws:cdk:stack'] });
  }
  return parameter;
}
