import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { EdgeFirewall, type EdgeFirewallOptions } from '../../lib/aws';
import { COUNTED } from '../../lib/aws/firewall-profile';
import { MANAGED_RULES } from '../../lib/aws/managed-rules';
import { type Access, Deployment } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { parsedPolicy } from '../policy/parsed-policy';
import { good } from '../policy/policies';
import { MIXED, makeFront } from './front-doors';

type Make = (scope: Stack, id: string, access: Access) => EdgeFirewall;

interface Rule {
  readonly Name: string;
  readonly Statement: {
    readonly ManagedRuleGroupStatement: { readonly RuleActionOverrides: { readonly Name: string }[] };
  };
}

const stackOf = () => new Stack(new App(), 'Front');

function firewall(make: Make = EdgeFirewall.ingest, access: Access = MIXED.writers): EdgeFirewall {
  return make(stackOf(), 'Firewall', access);
}

const { watch } = Deployment.example(MIXED);

/** As many codes, which are not all of countries. */
const countries = (count: number) =>
  Array.from({ length: count }, (_, i) => String.fromCharCode(65 + Math.floor(i / 26), 65 + (i % 26)));

const withOptions =
  (options: EdgeFirewallOptions): Make =>
  (scope, id, access) =>
    EdgeFirewall.query(scope, id, access, options);

const anySet = { IPSetReferenceStatement: Match.anyValue() };

const templateOf = (made: EdgeFirewall) => Template.fromStack(Stack.of(made));

/** The rules in the order in which they are asked. */
function rulesOf(made: EdgeFirewall): Rule[] {
  const [acl] = Object.values(templateOf(made).findResources('AWS::WAFv2::WebACL'));
  return acl?.Properties.Rules;
}

function countedIn(made: EdgeFirewall): string[] {
  const groups = rulesOf(made).flatMap(({ Statement }) => Statement.ManagedRuleGroupStatement ?? []);
  return groups.flatMap(({ RuleActionOverrides }) => RuleActionOverrides ?? []).map(({ Name }) => Name);
}

const rule = (name: string, more: object) => ({ Rules: Match.arrayWith([Match.objectLike({ Name: name, ...more })]) });

test("an organisation's groups decide first and last, and nothing is let through in between", () => {
  const made = firewall();
  made.addLast('arn:aws:wafv2:eu-central-1:111122223333:regional/rulegroup/last/1', 10);
  made.addFirst('arn:aws:wafv2:eu-central-1:111122223333:regional/rulegroup/one/1', 10);
  made.addFirst('arn:aws:wafv2:eu-central-1:111122223333:regional/rulegroup/two/1', 10);
  expect(rulesOf(made).map(({ Name }) => Name)).toEqual([
    'first-1',
    'first-2',
    'forged-identity',
    'outside-allow-list',
    'rate',
    'AmazonIpReputationList',
    'AnonymousIpList',
    'KnownBadInputsRuleSet',
    'CommonRuleSet',
    'last-1',
  ]);
  expect(JSON.stringify(rulesOf(made))).not.toContain('"Allow"');
  templateOf(made).hasResourceProperties('AWS::WAFv2::WebACL', {
    ...rule('first-1', {
      Priority: 0,
      OverrideAction: { None: {} },
      Statement: { RuleGroupReferenceStatement: { Arn: Match.stringLikeRegexp('/one/') } },
    }),
  });
});

describe('clients of one jurisdiction', () => {
  const residents = { jurisdiction: 'EU', countries: ['DE', 'FR'] };
  const made = firewall(withOptions({ watch, residents }), MIXED.readers);

  test("are told apart before the allow-list, and after the organisation's first groups", () => {
    const names = rulesOf(made).map(({ Name }) => Name);
    expect(names.slice(0, 5)).toEqual([
      'forged-identity',
      'outside-jurisdiction',
      'canaries-read-themselves',
      'outside-allow-list',
      'rate',
    ]);
  });

  test.each<[string, EdgeFirewall, number]>([
    ['writers, who read nothing', EdgeFirewall.ingest(stackOf(), 'F', MIXED.writers, { watch, residents }), 0],
    ['readers', firewall(withOptions({ watch, residents }), MIXED.readers), 1],
    ['both', EdgeFirewall.shared(stackOf(), 'F', MIXED.readers, { watch, residents }), 1],
    ['readers without canaries', firewall(withOptions({ residents }), MIXED.readers), 0],
    ['readers of any jurisdiction', firewall(withOptions({ watch }), MIXED.readers), 0],
  ])('canaries are kept to their own events before %s', (_, firewallOf, count) => {
    const names = rulesOf(firewallOf).map(({ Name }) => Name);
    expect(names.filter((name) => name === 'canaries-read-themselves')).toHaveLength(count);
  });

  test('are those of its countries, and canaries', () => {
    templateOf(made).hasResourceProperties(
      'AWS::WAFv2::WebACL',
      rule('outside-jurisdiction', {
        Action: { Block: {} },
        Statement: {
          NotStatement: {
            Statement: {
              OrStatement: { Statements: [{ GeoMatchStatement: { CountryCodes: ['DE', 'FR'] } }, anySet] },
            },
          },
        },
      }),
    );
  });

  test('are marked when they have passed, by no rule that would have them logged', () => {
    templateOf(made).hasResourceProperties('AWS::WAFv2::WebACL', {
      DefaultAction: {
        Allow: { CustomRequestHandling: { InsertHeaders: [{ Name: 'audit-jurisdiction', Value: 'EU' }] } },
      },
    });
    expect(JSON.stringify(rulesOf(made))).not.toContain('"Count":{"CustomRequestHandling"');
  });

  test.each([
    [1, [1]],
    [50, [50]],
    [51, [50, 1]],
    [101, [50, 50, 1]],
  ])('of %s countries are in statements of 50', (count, groups) => {
    const many = firewall(
      withOptions({ residents: { jurisdiction: 'EU', countries: countries(count) } }),
      MIXED.readers,
    );
    const text = JSON.stringify(rulesOf(many));
    const lists = [...text.matchAll(/"CountryCodes":(\[[^\]]*\])/g)].map(([, list]) => JSON.parse(`${list}`));
    expect(lists.map(({ length }) => length)).toEqual(groups);
    expect(lists.flat()).toEqual(countries(count));
  });

  test('are not looked for without a residency, and nothing is marked', () => {
    expect(JSON.stringify(rulesOf(firewall()))).not.toContain('GeoMatch');
    templateOf(firewall()).hasResourceProperties('AWS::WAFv2::WebACL', { DefaultAction: { Allow: {} } });
  });
});

describe('canaries', () => {
  const open = parsedPolicy({ readers: { ...good.readers, allow: 'internet' } }).readers;

  test('have a set of their one address', () => {
    templateOf(firewall(withOptions({ watch }), MIXED.readers)).hasResourceProperties('AWS::WAFv2::IPSet', {
      IPAddressVersion: 'IPV4',
      Addresses: ['192.0.2.10/32'],
    });
  });

  test('need none where everybody is let in from everywhere', () => {
    templateOf(firewall(withOptions({ watch }), open)).resourceCountIs('AWS::WAFv2::IPSet', 0);
  });

  test('need one where everybody of a jurisdiction is let in', () => {
    const residents = { jurisdiction: 'EU', countries: ['DE'] };
    templateOf(firewall(withOptions({ watch, residents }), open)).resourceCountIs('AWS::WAFv2::IPSet', 1);
  });
});

test('nobody says from which jurisdiction they come', () => {
  for (const access of [MIXED.writers, MIXED.readers]) {
    expect(JSON.stringify(rulesOf(firewall(EdgeFirewall.query, access))[0])).toContain('x-amzn-waf-audit-jurisdiction');
  }
});

test('priorities are the order of the rules', () => {
  const priorities = rulesOf(firewall()).map((each) => (each as unknown as { Priority: number }).Priority);
  expect(priorities).toEqual(priorities.map((_, index) => index));
});

test('who is in no set of addresses is refused', () => {
  const made = firewall();
  templateOf(made).hasResourceProperties(
    'AWS::WAFv2::WebACL',
    rule('outside-allow-list', {
      Action: { Block: {} },
      Statement: {
        NotStatement: {
          Statement: { OrStatement: { Statements: [anySet, anySet] } },
        },
      },
    }),
  );
  templateOf(made).hasResourceProperties('AWS::WAFv2::IPSet', {
    Scope: 'REGIONAL',
    IPAddressVersion: 'IPV4',
    Addresses: ['203.0.113.0/24'],
  });
  templateOf(made).hasResourceProperties('AWS::WAFv2::IPSet', {
    Scope: 'REGIONAL',
    IPAddressVersion: 'IPV6',
    Addresses: ['2001:db8:1::/48'],
  });
});

test('an allow-list of one version has one set', () => {
  const made = firewall(EdgeFirewall.ingest, parsedPolicy().writers);
  templateOf(made).resourceCountIs('AWS::WAFv2::IPSet', 1);
});

test('the internet is not looked up in a set', () => {
  const made = firewall(EdgeFirewall.query, parsedPolicy({ readers: { ...good.readers, allow: 'internet' } }).readers);
  templateOf(made).resourceCountIs('AWS::WAFv2::IPSet', 0);
  expect(rulesOf(made).map(({ Name }) => Name)).not.toContain('outside-allow-list');
});

test.each([60, 120, 300, 600])(
  'what is above the limit of %s seconds is answered 429, with when to come back',
  (perSeconds) => {
    const { writers } = parsedPolicy({ writers: { ...good.writers, rateLimit: { requests: 10, perSeconds } } });
    const made = firewall(EdgeFirewall.ingest, writers);
    templateOf(made).hasResourceProperties('AWS::WAFv2::WebACL', {
      ...rule('rate', {
        Action: {
          Block: {
            CustomResponse: {
              ResponseCode: 429,
              CustomResponseBodyKey: 'too-many-requests',
              ResponseHeaders: [{ Name: 'Retry-After', Value: `${perSeconds}` }],
            },
          },
        },
        Statement: { RateBasedStatement: { Limit: 10, EvaluationWindowSec: perSeconds, AggregateKeyType: 'IP' } },
      }),
      CustomResponseBodies: {
        'too-many-requests': {
          ContentType: 'APPLICATION_JSON',
          Content: '{"error":{"code":"rate-exceeded","message":"too many requests"}}',
        },
      },
    });
  },
);

test('under mutual TLS the headers of certificates are left alone', () => {
  expect(JSON.stringify(rulesOf(firewall()))).not.toContain('x-amzn-mtls');
});

test('without mutual TLS every header that could tell of a certificate is refused', () => {
  const text = JSON.stringify(rulesOf(firewall(EdgeFirewall.query, MIXED.readers)));
  expect(text.match(/x-amzn-mtls-clientcert[a-z-]*/g)?.sort()).toEqual([
    'x-amzn-mtls-clientcert',
    'x-amzn-mtls-clientcert-issuer',
    'x-amzn-mtls-clientcert-leaf',
    'x-amzn-mtls-clientcert-serial-number',
    'x-amzn-mtls-clientcert-subject',
    'x-amzn-mtls-clientcert-validity',
  ]);
});

describe('of the managed rules', () => {
  test.each<[string, Make, readonly string[]]>([
    ['ingest', EdgeFirewall.ingest, COUNTED.ingest],
    ['query', EdgeFirewall.query, COUNTED.query],
    ['a shared load balancer', EdgeFirewall.shared, COUNTED.shared],
  ])('%s counts those of its profile', (_, make, counted) => {
    expect(countedIn(firewall(make)).sort()).toEqual([...counted].sort());
  });

  test('ingest never refuses for a body, nor for where producers run', () => {
    expect(COUNTED.ingest).toEqual([
      'JavaDeserializationRCE_BODY',
      'Log4JRCE_BODY',
      'ReactJSRCE_BODY',
      'SizeRestrictions_BODY',
      'EC2MetaDataSSRF_BODY',
      'GenericLFI_BODY',
      'GenericRFI_BODY',
      'CrossSiteScripting_BODY',
      'HostingProviderIPList',
    ]);
  });

  test('query never refuses for what is searched', () => {
    expect(COUNTED.query).toEqual([
      'JavaDeserializationRCE_QUERYSTRING',
      'Log4JRCE_QUERYSTRING',
      'EC2MetaDataSSRF_QUERYARGUMENTS',
      'GenericLFI_QUERYARGUMENTS',
      'RestrictedExtensions_QUERYARGUMENTS',
      'GenericRFI_QUERYARGUMENTS',
      'CrossSiteScripting_QUERYARGUMENTS',
    ]);
  });

  test('one more can be counted', () => {
    const made = firewall();
    made.countRule('NoUserAgent_HEADER');
    expect(countedIn(made)).toContain('NoUserAgent_HEADER');
    expect(countedIn(firewall())).not.toContain('NoUserAgent_HEADER');
  });

  test.each(['NoUserAgent_Header', 'NoUserAgent', ''])('a misspelt name is refused: %j', (name) => {
    expect(codeOf(() => firewall().countRule(name))).toBe('managed-rule-unknown');
  });

  test('no two groups have a rule of one name', () => {
    const names = Object.values(MANAGED_RULES).flatMap(({ rules }) => rules);
    expect(new Set(names).size).toBe(names.length);
  });

  test('the groups are enforced, not counted as a whole', () => {
    const groups = rulesOf(firewall()).filter(({ Statement }) => Statement.ManagedRuleGroupStatement);
    expect(groups).toHaveLength(4);
    for (const group of groups) {
      expect(group).toMatchObject({
        OverrideAction: { None: {} },
        Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS' } },
      });
    }
  });
});

describe('capacity', () => {
  const group = 'arn:aws:wafv2:eu-central-1:111122223333:regional/rulegroup/ours/1';
  const synthErrors = (made: EdgeFirewall) => made.node.validate();

  test.each<[string, EdgeFirewall, number]>([
    ['ingest by certificate, two sets', firewall(), 975 + 2 + 2 + 2],
    ['query by token, two sets', firewall(EdgeFirewall.query, MIXED.readers), 975 + 8 + 2 + 2],
    ['query with canaries, one address more', firewall(withOptions({ watch }), MIXED.readers), 975 + 8 + 3 + 2],
    [
      'query of 51 countries with canaries',
      firewall(withOptions({ watch, residents: { jurisdiction: 'EU', countries: countries(51) } }), MIXED.readers),
      975 + 8 + 3 + (1 + 3 * 2) + 3 + 2,
    ],
  ])('of %s', (_, made, capacity) => {
    expect(made.capacity).toBe(capacity);
  });

  test.each([
    [1_500, 0],
    [1_501, 1],
  ])('%s WCU give %s warnings', (capacity, warnings) => {
    const made = firewall();
    made.addLast(group, capacity - made.capacity);
    synthErrors(made);
    expect(Annotations.fromStack(Stack.of(made)).findWarning('*', Match.stringLikeRegexp('WCU'))).toHaveLength(
      warnings,
    );
  });

  test.each([
    [5_000, []],
    [5_001, [expect.stringContaining('[firewall-too-large]')]],
  ])('%s WCU are refused above the quota', (capacity, errors) => {
    const made = firewall();
    made.addLast(group, capacity - made.capacity);
    expect(synthErrors(made)).toEqual(errors);
  });
});

describe('logs', () => {
  const template = templateOf(firewall());

  test('go to a group whose name WAF accepts, for a year, also after the stack', () => {
    template.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Retain',
      Properties: {
        RetentionInDays: 365,
        LogGroupName: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('^aws-waf-logs-')])] },
      },
    });
  });

  test('have what was refused or counted, and no token', () => {
    template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      RedactedFields: [{ SingleHeader: { Name: 'authorization' } }],
      LoggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: [
              { ActionCondition: { Action: 'BLOCK' } },
              { ActionCondition: { Action: 'COUNT' } },
              { ActionCondition: { Action: 'EXCLUDED_AS_COUNT' } },
            ],
          },
        ],
      },
    });
  });

  test('samples of requests have no token either', () => {
    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      DataProtectionConfig: {
        DataProtections: [
          { Action: 'SUBSTITUTION', Field: { FieldType: 'SINGLE_HEADER', FieldKeys: ['authorization'] } },
        ],
      },
    });
  });
});

test('no listener opens before its firewall stands', () => {
  const template = Template.fromStack(makeFront().stack);
  const associations = Object.keys(template.findResources('AWS::WAFv2::WebACLAssociation'));
  const listeners = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::Listener'));
  expect(listeners.flatMap(({ DependsOn }) => DependsOn)).toEqual(associations);
});
