import {
  ApplicationListenerRule,
  type CfnListenerRule,
  type IApplicationListener,
  type IApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { type Authentication, AuthenticationKind, type JwtTrust } from '../policy';
import { AuditLogError } from '../policy/errors';
import type { EdgeRoute } from './edge-route';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html */
const MOST_CONDITION_VALUES = 5;

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_JwtValidationActionConfig.html */
const LONGEST_URL = 256;

/** The parts of a rule. */
export interface EdgeRuleProps {
  readonly listener: IApplicationListener;
  readonly priority: number;
  readonly route: EdgeRoute;
  readonly targetGroup: IApplicationTargetGroup;
  readonly authenticate: Authentication;
  /** @default - any */
  readonly host?: string;
}

/**
 * Forwards what fits a route, after the token was verified if clients prove themselves by one.
 *
 * @throws too-many-conditions, jwt-url-too-long
 */
export function addEdgeRule(scope: Construct, id: string, props: EdgeRuleProps): void {
  const { listener, priority, route, targetGroup, authenticate, host } = props;
  checkConditions(route, host);
  const forward = ListenerAction.forward([targetGroup]);
  const rule = new ApplicationListenerRule(scope, id, {
    listener,
    priority,
    conditions: [
      ...(host === undefined ? [] : [ListenerCondition.hostHeaders([host])]),
      ListenerCondition.httpRequestMethods(route.methods),
      ListenerCondition.pathPatterns(route.paths),
    ],
    action: authenticate.jwtTrust === undefined ? forward : verifyToken(authenticate.jwtTrust, forward),
  });
  if (authenticate.kind === AuthenticationKind.JWT) requireAudience(rule, authenticate.jwtTrust!);
}

function checkConditions({ methods, paths }: EdgeRoute, host: string | undefined): void {
  const values = methods.length + paths.length + (host === undefined ? 0 : 1);
  if (values <= MOST_CONDITION_VALUES) return;
  throw new AuditLogError('too-many-conditions', {
    problem: 'the conditions of a listener rule have too many values together',
    given: values,
    allowed: `up to ${MOST_CONDITION_VALUES}, hosts, methods and paths counted`,
    fix: 'split the route in two',
  });
}

function verifyToken({ issuer, jwksUrl }: JwtTrust, next: ListenerAction): ListenerAction {
  for (const url of [issuer, jwksUrl]) {
    if (url.length <= LONGEST_URL) continue;
    throw new AuditLogError('jwt-url-too-long', {
      problem: 'the issuer or the URL of its keys is too long for a load balancer',
      given: url,
      allowed: `up to ${LONGEST_URL} characters`,
      fix: 'choose an issuer with shorter URLs, or authenticate by mutual TLS',
    });
  }
  return ListenerAction.authenticateJwt({ issuer, jwksEndpoint: jwksUrl, next });
}

/** Only the L1 has it. Without it, any token of the issuer would do, made for whatever other service (RFC 8725 section 3.9). */
function requireAudience(rule: ApplicationListenerRule, { audience }: JwtTrust): void {
  const resource = rule.node.defaultChild as CfnListenerRule;
  resource.addPropertyOverride('Actions.0.JwtValidationConfig.AdditionalClaims', [
    { Format: 'single-string', Name: 'aud', Values: [audience] },
  ]);
}
