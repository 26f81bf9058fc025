import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AuthenticationKind } from '../policy';
import { CANARY_ACTION } from '../services/canary/config';
import { JURISDICTION_HEADER } from '../services/identity/config';
import { checkAuthenticated } from './checked-authentication';
import { READ_ROUTE, WRITE_ROUTE } from './edge-routes';
import { addEdgeRule } from './edge-rule';
import type { ExistingListeners } from './existing-listeners';
import type { FrontDoorContext } from './front-door-context';
import type { FrontDoorPaths } from './front-door-paths';
import type { IFrontDoor } from './i-front-door';
import { LogPath } from './log-path';
import { publicName, regionalName } from './public-names';
import { residentsOf } from './resident-clients';

/** Listeners that the organisation has already. */
export class ExistingFrontDoor implements IFrontDoor {
  public constructor(private readonly listeners: ExistingListeners) {}

  public bind(scope: Construct, context: FrontDoorContext): FrontDoorPaths {
    const { writers, readers, traffic } = context.policy;
    checkAuthenticated(writers);
    checkAuthenticated(readers);
    const { deployment, region } = context;
    this.addRules(scope, '', 0, context, (path) => publicName(path, deployment));
    this.addRules(scope, 'Regional', 2, context, (path) => regionalName(path, deployment, region.name));
    const residents = residentsOf(region, traffic.writes) ?? residentsOf(region, traffic.reads);
    const kinds = [writers, readers].map(({ authenticate }) => authenticate.kind);
    Annotations.of(scope).addWarningV2(
      'immutable-audit-log:existing-listeners',
      'Allow-lists and rate limits of the policy are not enforced here, and canaries are not let in: that is up to whoever owns the listeners.' +
        (residents === undefined
          ? ''
          : ` Their firewall must refuse clients outside ${residents.jurisdiction}, let canaries read nothing but events of canaries (GET /v1/events?action=${CANARY_ACTION}&…), and set ${JURISDICTION_HEADER} on what it lets through: services refuse what has none.`) +
        (kinds.includes(AuthenticationKind.MUTUAL_TLS)
          ? ' Their mutual authentication must be in the mode verify.'
          : ''),
    );
    return {};
  }

  private addRules(
    scope: Construct,
    prefix: string,
    offset: number,
    { policy, writes, reads }: FrontDoorContext,
    nameOf: (path: LogPath) => string,
  ): void {
    const { firstPriority, ...listeners } = this.listeners;
    addEdgeRule(scope, `${prefix}Writes`, {
      listener: listeners.writes,
      priority: firstPriority + offset,
      route: WRITE_ROUTE,
      targetGroup: writes,
      authenticate: policy.writers.authenticate,
      host: nameOf(LogPath.INGEST),
    });
    addEdgeRule(scope, `${prefix}Reads`, {
      listener: listeners.reads,
      priority: firstPriority + offset + 1,
      route: READ_ROUTE,
      targetGroup: reads,
      authenticate: policy.readers.authenticate,
      host: nameOf(LogPath.QUERY),
    });
  }
}
