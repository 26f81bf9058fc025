import { BlockList, isIPv6 } from 'node:net';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

/** What a client proves: the certificate in the handshake, or the claims of a token with a good signature. */
export type Identity =
  | { readonly kind: 'none' }
  | { readonly kind: 'certificate' }
  | { readonly kind: 'token'; readonly iss: string; readonly aud: string };

export interface EdgeRequest {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly source: string;
  readonly identity: Identity;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Where AWS WAF takes the source to be.
   *
   * @default DE
   */
  readonly country?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: templates have no type.
type Json = any;

interface Resource {
  readonly Type: string;
  readonly Properties: Json;
}

/**
 * Says what AWS answers by a synthesized template: the logical id of the target group that gets the request, an HTTP status, or how the
 * connection ends. In AWS's order: DNS, security group, TLS, web ACL, listener rules and their actions.
 *
 * It knows what our templates use and throws at everything else. Rates and managed rules match nothing.
 */
export class EdgeSimulator {
  private readonly resources: Readonly<Record<string, Resource>>;

  public constructor(stack: Stack) {
    this.resources = Template.fromStack(stack).toJSON().Resources;
  }

  public answer(request: EdgeRequest): string | number {
    const loadBalancer = this.resolve(request);
    if (loadBalancer === undefined) return 'no such name';
    if (!this.admits(loadBalancer, request.source)) return 'connection refused';
    const [listener] = this.all('Listener').filter(([, each]) => refOf(each.LoadBalancerArn) === loadBalancer);
    if (listener === undefined) return 'connection refused';
    const [listenerId, properties] = listener;
    if (properties.MutualAuthentication?.Mode === 'verify' && request.identity.kind !== 'certificate') {
      return 'handshake refused';
    }
    return this.refusal(loadBalancer, request) ?? this.act(this.actionsFor(listenerId, properties, request), request);
  }

  /** The value of a header that the firewall inserts into what it lets through; asked for what `answer` says is forwarded. */
  public inserted(header: string, request: EdgeRequest): string | undefined {
    const acl = this.aclOf(this.resolve(request) ?? '');
    const inserted: Json[] = acl?.DefaultAction.Allow?.CustomRequestHandling?.InsertHeaders ?? [];
    return inserted.find(({ Name }) => `x-amzn-waf-${Name}` === header)?.Value;
  }

  private resolve({ host, source }: EdgeRequest): string | undefined {
    const type = isIPv6(source) ? 'AAAA' : 'A';
    const record = this.all('RecordSet').find(([, each]) => each.Name === `${host}.` && each.Type === type)?.[1];
    return record?.AliasTarget.DNSName['Fn::Join'][1][1]['Fn::GetAtt'][0];
  }

  private admits(loadBalancer: string, source: string): boolean {
    const groups: Json[] = this.resources[loadBalancer]?.Properties.SecurityGroups;
    // What an adopted group lets in is not in the template: the worst is everything.
    if (groups.some((group) => typeof group === 'string')) return true;
    const rules: Json[] = groups.flatMap(
      (group) => this.resources[group['Fn::GetAtt'][0]]?.Properties.SecurityGroupIngress ?? [],
    );
    const open = rules.filter((rule) => rule.IpProtocol === 'tcp' && rule.FromPort <= 443 && rule.ToPort >= 443);
    return contains(
      open.map((rule) => rule.CidrIp ?? rule.CidrIpv6),
      source,
    );
  }

  private refusal(loadBalancer: string, request: EdgeRequest): number | undefined {
    const acl = this.aclOf(loadBalancer);
    if (acl === undefined) return undefined;
    if (acl.DefaultAction.Allow === undefined) throw new Error('the default action is not known to the simulator');
    const rules: Json[] = [...acl.Rules].sort((one, other) => one.Priority - other.Priority);
    for (const rule of rules) {
      if (!this.matches(rule.Statement, request)) continue;
      if (rule.Action?.Block === undefined) throw new Error(`the action of ${rule.Name} is not known to the simulator`);
      return rule.Action.Block.CustomResponse?.ResponseCode ?? 403;
    }
    return undefined;
  }

  private aclOf(loadBalancer: string): Json | undefined {
    const [association] = this.all('WebACLAssociation').filter(([, each]) => refOf(each.ResourceArn) === loadBalancer);
    return association && this.resources[refOf(association[1].WebACLArn)]?.Properties;
  }

  private matches(statement: Json, request: EdgeRequest): boolean {
    const [kind, value]: [string, Json] = Object.entries(statement)[0] as [string, Json];
    switch (kind) {
      case 'NotStatement':
        return !this.matches(value.Statement, request);
      case 'OrStatement':
        return value.Statements.some((each: Json) => this.matches(each, request));
      case 'AndStatement':
        return value.Statements.every((each: Json) => this.matches(each, request));
      case 'ByteMatchStatement':
        return isLikeText(value, request);
      case 'IPSetReferenceStatement':
        return contains(this.resources[refOf(value.Arn)]?.Properties.Addresses, request.source);
      case 'GeoMatchStatement':
        return value.CountryCodes.includes(request.country ?? 'DE');
      case 'SizeConstraintStatement':
        return isLonger(request.headers?.[value.FieldToMatch.SingleHeader.Name], value);
      case 'RateBasedStatement':
      case 'ManagedRuleGroupStatement':
        return false;
      default:
        throw new Error(`${kind} is not known to the simulator`);
    }
  }

  private actionsFor(listenerId: string, listener: Json, request: EdgeRequest): Json[] {
    const rules = this.all('ListenerRule')
      .map(([, rule]) => rule)
      .filter((rule) => refOf(rule.ListenerArn) === listenerId)
      .sort((one, other) => one.Priority - other.Priority);
    const rule = rules.find((each) => each.Conditions.every((condition: Json) => fits(condition, request)));
    return (rule?.Actions ?? listener.DefaultActions).sort((one: Json, other: Json) => one.Order - other.Order);
  }

  private act(actions: Json[], { identity }: EdgeRequest): string | number {
    for (const action of actions) {
      if (action.Type === 'forward') return refOf(action.TargetGroupArn);
      if (action.Type === 'fixed-response') return Number(action.FixedResponseConfig.StatusCode);
      if (action.Type !== 'jwt-validation') throw new Error(`${action.Type} is not known to the simulator`);
      if (identity.kind !== 'token' || !isTrusted(identity, action.JwtValidationConfig)) return 401;
    }
    throw new Error('the rule ends without an answer');
  }

  private all(type: string): [string, Json][] {
    return Object.entries(this.resources)
      .filter(([, each]) => each.Type.endsWith(`::${type}`))
      .map(([id, each]) => [id, each.Properties]);
  }
}

function refOf(value: Json): string {
  return value.Ref ?? value['Fn::GetAtt'][0];
}

function contains(networks: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [host = '', prefix] = network.split('/');
    list.addSubnet(host, Number(prefix), isIPv6(host) ? 'ipv6' : 'ipv4');
  }
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Nothing is decoded. */
function isLikeText(
  { FieldToMatch, PositionalConstraint, SearchString, TextTransformations }: Json,
  { method, path: target }: EdgeRequest,
): boolean {
  const [path = '', query = ''] = target.split('?');
  const [field] = Object.keys(FieldToMatch);
  const text = { UriPath: path, QueryString: query, Method: method }[`${field}`];
  const isKnown = TextTransformations.every(({ Type }: Json) => Type === 'NONE');
  if (isKnown && text !== undefined && PositionalConstraint === 'EXACTLY') return text === SearchString;
  if (isKnown && text !== undefined && PositionalConstraint === 'STARTS_WITH') return text.startsWith(SearchString);
  throw new Error(`${field} ${PositionalConstraint} is not known to the simulator`);
}

function isLonger(value: string | undefined, { ComparisonOperator, Size }: Json): boolean {
  if (ComparisonOperator !== 'GT') throw new Error(`${ComparisonOperator} is not known to the simulator`);
  return value !== undefined && value.length > Size;
}

function fits(condition: Json, { host, method, path }: EdgeRequest): boolean {
  switch (condition.Field) {
    case 'host-header':
      return condition.HostHeaderConfig.Values.some((pattern: string) => isLike(pattern, host, 'i'));
    case 'http-request-method':
      return condition.HttpRequestMethodConfig.Values.includes(method);
    case 'path-pattern':
      return condition.PathPatternConfig.Values.some((pattern: string) => isLike(pattern, path.split('?')[0] ?? ''));
    default:
      throw new Error(`${condition.Field} is not known to the simulator`);
  }
}

/** Patterns of load balancers: `*` is any characters, `?` is one. */
function isLike(pattern: string, text: string, flags = ''): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, flags).test(text);
}

function isTrusted(token: { iss: string; aud: string }, config: Json): boolean {
  const claims: Json[] = config.AdditionalClaims ?? [];
  return (
    token.iss === config.Issuer && claims.every(({ Name, Values }) => Name === 'aud' && Values.includes(token.aud))
  );
}
