import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Access, ClientPrefixList, Watch } from '../policy';
import { AuthenticationKind } from '../policy';
import { AuditLogError } from '../policy/errors';

/** Inbound rules of one security group, for IPv4 and for IPv6 each, unless AWS raised the account's quota. */
const QUOTA = 60;

const HTTPS = Port.tcp(443);

/**
 * A security group that lets clients in: the networks of the allow-list, or the prefix lists that stand for them; and canaries.
 *
 * @throws security-group-full
 */
export function clientSecurityGroup(
  scope: Construct,
  vpc: IVpc,
  { allow, authenticate }: Access,
  prefixLists: ClientPrefixList[],
  watch?: Watch,
): SecurityGroup {
  const networks = prefixLists.length > 0 ? [] : allow.networks;
  // One that is on the list already would be a rule twice, which EC2 refuses.
  const canaries = [watch].flatMap((each) => (each === undefined ? [] : [`${each.address}/32`]));
  const added = canaries.filter((network) => !networks.includes(network));
  checkQuota([...networks, ...added], prefixLists);
  const group = new SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'clients of the audit log',
    allowAllOutbound: false,
  });
  for (const { id } of prefixLists) group.addIngressRule(Peer.prefixList(id), HTTPS, 'clients');
  for (const network of networks) {
    group.addIngressRule(network.includes(':') ? Peer.ipv6(network) : Peer.ipv4(network), HTTPS, 'clients');
  }
  for (const network of added) group.addIngressRule(Peer.ipv4(network), HTTPS, 'canaries');
  if (authenticate.kind !== AuthenticationKind.JWT) return group;
  // The load balancer fetches the issuer's keys, whose addresses nobody knows in advance.
  group.addEgressRule(Peer.anyIpv4(), HTTPS, 'keys of the token issuer');
  group.addEgressRule(Peer.anyIpv6(), HTTPS, 'keys of the token issuer');
  return group;
}

function checkQuota(networks: string[], prefixLists: ClientPrefixList[]): void {
  const version6 = networks.filter((network) => network.includes(':')).length;
  const entries = prefixLists.reduce((sum, list) => sum + list.maxEntries, 0);
  const needed = entries + Math.max(version6, networks.length - version6);
  if (needed <= QUOTA) return;
  throw new AuditLogError('security-group-full', {
    problem: 'clients and canaries need more rules than a security group has, counting each entry of a prefix list',
    given: needed,
    allowed: `up to ${QUOTA} for IPv4 and for IPv6 each, or ${QUOTA} in prefix lists`,
    fix: 'name fewer, larger networks, or give a security group of your own; the firewall enforces the whole list in any case',
  });
}
