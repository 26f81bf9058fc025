import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { type Authentication, AuthenticationKind, type RateLimit } from '../policy';
import { CANARY_ACTION } from '../services/canary/config';
import { JURISDICTION_HEADER } from '../services/identity/config';
import { MANAGED_RULES } from './managed-rules';

/** A rule of a web ACL, before it has a priority, and what it costs. */
export interface FirewallRule {
  readonly name: string;
  /** In WCU: https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html */
  readonly capacity: number;
  readonly rule: Pick<CfnWebACL.RuleProperty, 'statement' | 'action' | 'overrideAction'>;
}

/** Only our local edge sets it, and only the local edge is believed when it does. */
const EDGE_HEADER = 'x-audit-writer';

/** What a load balancer says of a client certificate under mutual TLS. */
const CERTIFICATE_HEADERS = [
  'x-amzn-mtls-clientcert',
  'x-amzn-mtls-clientcert-serial-number',
  'x-amzn-mtls-clientcert-issuer',
  'x-amzn-mtls-clientcert-subject',
  'x-amzn-mtls-clientcert-validity',
  'x-amzn-mtls-clientcert-leaf',
];

/** As many as one statement takes: https://repost.aws/questions/QUGpaqaB54SCaMWTWwI_cPJg */
const MOST_COUNTRIES = 50;

/** Key of the body in the web ACL's `customResponseBodies`. */
export const TOO_MANY_REQUESTS = 'too-many-requests';

/**
 * Refuses requests that say themselves who sent them, or from which jurisdiction. Under mutual TLS the certificate's headers are left alone: AWS does not document
 * whether the firewall sees the client's or already the load balancer's.
 */
export function forgedIdentity({ kind }: Authentication): FirewallRule {
  const headers = [
    EDGE_HEADER,
    JURISDICTION_HEADER,
    ...(kind === AuthenticationKind.MUTUAL_TLS ? [] : CERTIFICATE_HEADERS),
  ];
  const statements = headers.map(isPresent);
  return {
    name: 'forged-identity',
    capacity: headers.length,
    rule: { action: { block: {} }, statement: anyOf(statements) },
  };
}

/** Refuses clients of all countries but these, by where their address is registered, unless it is in one of the sets. */
export function outsideCountries(countries: readonly string[], setArns: readonly string[]): FirewallRule {
  const count = Math.ceil(countries.length / MOST_COUNTRIES);
  const groups = Array.from({ length: count }, (_, index) =>
    countries.slice(index * MOST_COUNTRIES, (index + 1) * MOST_COUNTRIES),
  );
  const inside = [
    ...groups.map((countryCodes) => ({ geoMatchStatement: { countryCodes } })),
    ...setArns.map((arn) => ({ ipSetReferenceStatement: { arn } })),
  ];
  return {
    name: 'outside-jurisdiction',
    capacity: inside.length,
    rule: { action: { block: {} }, statement: { notStatement: { statement: anyOf(inside) } } },
  };
}

/**
 * Refuses canaries whatever would let them read more than events of canaries: they pass from outside of the jurisdiction, and so would whoever stole their
 * credentials. Appends are left alone. The service refuses a parameter that is given twice, so that the one at the beginning counts; what AWS WAF takes for
 * the arguments of a query does not matter.
 */
export function canariesReadThemselves(setArns: readonly string[]): FirewallRule {
  const meant = [
    allOf([
      matches({ uriPath: {} }, 'EXACTLY', '/v1/events'),
      matches({ queryString: {} }, 'STARTS_WITH', `action=${CANARY_ACTION}&`),
    ]),
    matches({ method: {} }, 'EXACTLY', 'POST'),
  ];
  const canaries = anyOf(setArns.map((arn) => ({ ipSetReferenceStatement: { arn } })));
  return {
    name: 'canaries-read-themselves',
    capacity: setArns.length + 6,
    rule: {
      action: { block: {} },
      statement: allOf([canaries, { notStatement: { statement: anyOf(meant) } }]),
    },
  };
}

/** Refuses every address that is in none of the sets. */
export function outsideAllowList(setArns: readonly string[]): FirewallRule {
  const listed = anyOf(setArns.map((arn) => ({ ipSetReferenceStatement: { arn } })));
  return {
    name: 'outside-allow-list',
    capacity: setArns.length,
    rule: { action: { block: {} }, statement: { notStatement: { statement: listed } } },
  };
}

/** Answers 429 to an address that sent more than the limit. */
export function rateLimit({ requests, perSeconds }: RateLimit): FirewallRule {
  const response = {
    responseCode: 429,
    customResponseBodyKey: TOO_MANY_REQUESTS,
    responseHeaders: [{ name: 'Retry-After', value: `${perSeconds}` }],
  };
  return {
    name: 'rate',
    capacity: 2,
    rule: {
      action: { block: { customResponse: response } },
      statement: {
        rateBasedStatement: { limit: requests, evaluationWindowSec: perSeconds, aggregateKeyType: 'IP' },
      },
    },
  };
}

/** A group of AWS Managed Rules; of its rules, those in `counted` do not refuse. */
export function managedGroup(name: string, counted: readonly string[]): FirewallRule {
  const { capacity, rules } = MANAGED_RULES[name]!;
  const overrides = rules.filter((rule) => counted.includes(rule));
  return {
    name: name.replace(/^AWSManagedRules/, ''),
    capacity,
    rule: {
      overrideAction: { none: {} },
      statement: {
        managedRuleGroupStatement: {
          vendorName: 'AWS',
          name,
          ruleActionOverrides: overrides.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
        },
      },
    },
  };
}

/** A rule group of the organisation, which decides by its own actions. */
export function organisationGroup(name: string, arn: string, capacity: number): FirewallRule {
  return {
    name,
    capacity,
    rule: { overrideAction: { none: {} }, statement: { ruleGroupReferenceStatement: { arn } } },
  };
}

function isPresent(name: string): CfnWebACL.StatementProperty {
  return {
    sizeConstraintStatement: {
      fieldToMatch: { singleHeader: { Name: name } },
      comparisonOperator: 'GT',
      size: 0,
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  };
}

/** 2 WCU. */
function matches(
  fieldToMatch: CfnWebACL.FieldToMatchProperty,
  positionalConstraint: 'EXACTLY' | 'STARTS_WITH',
  searchString: string,
): CfnWebACL.StatementProperty {
  return {
    byteMatchStatement: {
      fieldToMatch,
      positionalConstraint,
      searchString,
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  };
}

function allOf(statements: CfnWebACL.StatementProperty[]): CfnWebACL.StatementProperty {
  return { andStatement: { statements } };
}

function anyOf(statements: CfnWebACL.StatementProperty[]): CfnWebACL.StatementProperty {
  const [only] = statements;
  return statements.length === 1 && only !== undefined ? only : { orStatement: { statements } };
}
