import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AuthenticationKind } from '../policy';
import { checkAuthenticated } from './checked-authentication';
import { READ_ROUTE, WRITE_ROUTE } from './edge-routes';
import { addEdgeRule } from './edge-rule';
import type { ExistingListeners } from './existing-listeners';
import type { FrontDoorContext } from './front-door-context';
import type { FrontDoorPaths } from './front-door-paths';
import type { IFrontDoor } from './i-front-door';
import { nameOf } from './public-names';

/** Listeners that the organisation has already. */
export class ExistingFrontDoor implements IFrontDoor {
  public constructor(private readonly listeners: ExistingListeners) {}

  public bind(scope: Construct, { policy, deployment, writes, reads }: FrontDoorContext): FrontDoorPaths {
    const { firstPriority, ...listeners } = this.listeners;
    const { writers, readers } = policy;
    checkAuthenticated(writers);
    checkAuthenticated(readers);
    addEdgeRule(scope, 'Writes', {
      listener: listeners.writes,
      priority: firstPriority,
      route: WRITE_ROUTE,
      targetGroup: writes,
      authenticate: writers.authenticate,
      host: nameOf('ingest', deployment),
    });
    addEdgeRule(scope, 'Reads', {
      listener: listeners.reads,
      priority: firstPriority + 1,
      route: READ_ROUTE,
      targetGroup: reads,
      authenticate: readers.authenticate,
      host: nameOf('query', deployment),
    });
    const kinds = [writers, readers].map(({ authenticate }) => authenticate.kind);
    Annotations.of(scope).addWarningV2(
      'immutable-audit-log:existing-listeners',
      'Allow-lists and rate limits of the policy are not enforced here: that is up to whoever owns the listeners.' +
        (kinds.includes(AuthenticationKind.MUTUAL_TLS)
          ? ' Their mutual authentication must be in the mode verify.'
          : ''),
    );
    return {};
  }
}
