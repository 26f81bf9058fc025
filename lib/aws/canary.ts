import { Duration, Stack, Token } from 'aws-cdk-lib';
import type { Alarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { type IRole, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IStringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { AuditLogPolicy, Deployment, Watch } from '../policy';
import { AuditLogError } from '../policy/errors';
import { type CanarySettings, toEnv } from '../services/canary/config';
import { canaryAlarm } from './canary-alarm';
import { CanaryNetwork } from './canary-network';
import { evacuationAlarm } from './evacuation-alarm';
import { evacuationSwitch, evacuationSwitchName } from './evacuation-switch';
import { IAM_PATH } from './iam-path';
import { LogPath } from './log-path';
import { regionalName } from './public-names';
import type { RouteAlarm } from './route-alarm';
import { ServiceFunction } from './service-function';

const EVERY = Duration.minutes(1);

/** A round takes 14 seconds at most: 4 for the evacuation switch, 10 for all targets together. */
const TIMEOUT = Duration.seconds(30);

/** What canaries are made from. */
export interface CanaryProps {
  /** Its regions are watched, all of them. */
  readonly policy: AuditLogPolicy;

  /** From where, with which credentials, and by which names. */
  readonly deployment: Deployment;
}

/**
 * Appends an event to every region and reads from it, every minute, as clients do and from outside: one function in the deployment's watch region,
 * behind the one address that every path lets in. It connects to a region's own name and there asks for the name that all regions share, so that a region
 * whose certificate does not prove that name does not count as working. What it finds is a metric with an alarm for each path of each region.
 *
 * One function for all: should it fail, all regions are unhealthy alike, and clients are led as if all were healthy. Functions of their own could
 * fail for one region only, which would then be emptied for nothing.
 */
export class Canary extends Construct {
  /** One for each path of each region, in alarm while it does not work. */
  public readonly alarms: RouteAlarm[];

  /**
   * Says which regions are evacuated: `none`, or `<region>`, `<region>/ingest`, `<region>/query`, separated by commas. A deployment resets it only
   * if it changes the parameter or the tags of its stack, which have none of the organisation's for that.
   */
  public readonly evacuated: IStringParameter;

  /** In alarm while the switch cannot be read, or names what is not there. */
  public readonly evacuationAlarm: Alarm;

  private readonly allAlarms: readonly Alarm[];

  /** @throws watch-missing, region-mismatch, account-mismatch */
  public constructor(scope: Construct, id: string, { policy, deployment }: CanaryProps) {
    super(scope, id);
    const watch = watchOf(deployment);
    this.checkPlace(watch, deployment);
    this.evacuated = evacuationSwitch(this, policy.name, deployment.organization);
    this.evacuationAlarm = evacuationAlarm(this, policy.name);
    this.run(policy, deployment, watch);
    const alarms = policy.regions.flatMap(({ name }) =>
      [LogPath.INGEST, LogPath.QUERY].map((path) => canaryAlarm(this, policy.name, name, path)),
    );
    this.alarms = alarms;
    this.allAlarms = [...alarms.map(({ alarm }) => alarm), this.evacuationAlarm];
  }

  /**
   * Has somebody told of all that canaries find: of each path of each region, and of the evacuation switch.
   *
   * @param action such as `new SnsAction(topic)`, with a topic of the watch region
   */
  public addAlarmAction(action: IAlarmAction): void {
    for (const alarm of this.allAlarms) alarm.addAlarmAction(action);
  }

  private run({ name, regions }: AuditLogPolicy, deployment: Deployment, watch: Watch): void {
    const settings: CanarySettings = {
      log: name,
      targets: targetsIn(
        deployment,
        regions.map((region) => region.name),
      ),
      publicName: `{path}.${deployment.domain}`,
      evacuationParameter: this.evacuated.parameterName,
      ingestSecret: watch.ingestSecretArn,
      querySecret: watch.querySecretArn,
    };
    const { function: canary } = new ServiceFunction(this, 'Service', {
      bundle: 'canary-lambda',
      description: `tries every region of ${name}`,
      role: this.makeRole(name, watch),
      environment: toEnv(settings),
      memoryMiB: 512,
      timeout: TIMEOUT,
      concurrency: 1,
      network: new CanaryNetwork(this, 'Network', watch.allocationId),
    });
    // A round that comes late would be taken for one of another minute.
    canary.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: EVERY });
    new Rule(this, 'Schedule', {
      description: `tries every region of ${name}`,
      schedule: Schedule.rate(EVERY),
      targets: [new LambdaFunction(canary, { retryAttempts: 0 })],
    });
  }

  private makeRole(log: string, { ingestSecretArn, querySecretArn }: Watch): IRole {
    const parameterArn = Stack.of(this).formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: evacuationSwitchName(log),
    });
    const role = new Role(this, 'Role', {
      path: IAM_PATH,
      description: 'audit log: tries every region',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    new ManagedPolicy(this, 'Policy', {
      path: IAM_PATH,
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: ['secretsmanager:GetSecretValue'],
          resources: [...new Set([ingestSecretArn, querySecretArn])],
        }),
        new PolicyStatement({ actions: ['ssm:GetParameter'], resources: [parameterArn] }),
      ],
    });
    return role.withoutPolicyUpdates();
  }

  private checkPlace(watch: Watch, { _zoneAccount: zoneAccount }: Deployment): void {
    const { region, account } = Stack.of(this);
    if (!Token.isUnresolved(region) && region !== watch.region) {
      throw new AuditLogError('region-mismatch', {
        problem: 'canaries are made in another region than that of the watch',
        given: region,
        allowed: watch.region,
        fix: 'correct env of the stack, or the watch of the deployment',
      });
    }
    if (Token.isUnresolved(account) || account === zoneAccount) return;
    throw new AuditLogError('account-mismatch', {
      problem: "canaries are made in another account than that of the deployment's zone",
      given: account,
      allowed: zoneAccount,
      fix: "correct env of the stack, or the zone's account in the deployment",
    });
  }
}

function watchOf({ watch }: Deployment): Watch {
  if (watch !== undefined) return watch;
  throw new AuditLogError('watch-missing', {
    problem: 'nothing says from where canaries are to watch',
    fix: 'add watch to the deployment: a region that is none of the policy, an Elastic IP there, and two secrets',
  });
}

/** Regions grouped by the base of their names. */
function targetsIn(deployment: Deployment, regions: string[]): CanarySettings['targets'] {
  const groups: Record<string, string[]> = {};
  for (const region of regions) {
    const base = regionalName(LogPath.INGEST, deployment, region).slice(`${region}.ingest.`.length);
    const template = `https://{region}.{path}.${base}`;
    groups[template] = [...(groups[template] ?? []), region];
  }
  return groups;
}
