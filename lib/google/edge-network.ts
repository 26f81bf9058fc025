import { createHash } from 'node:crypto';
import { ComputeNetwork } from '@cdktf/provider-google/lib/compute-network';
import { ComputeSubnetwork } from '@cdktf/provider-google/lib/compute-subnetwork';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { AuditLogError } from '../policy/errors';

/** The parts of an edge network. */
export interface EdgeNetworkProps {
  /** Name of the network, unique in the project: `[a-z]([-a-z0-9]*[a-z0-9])?`, up to 22 characters less than 63. */
  readonly name: string;

  /** Names of the regions, each once. */
  readonly regions: string[];
}

/**
 * Where regional load balancers have their proxies: a network with nothing in it but a proxy-only subnet a region. A region's range depends on its
 * name only, since a subnet in use cannot be moved: regions come and go without another's being touched.
 */
export class EdgeNetwork extends Construct {
  /** Id of the network. */
  public readonly networkId: string;

  /** @internal */
  public readonly _subnets: ITerraformDependable[];

  /** @throws network-range-taken */
  public constructor(scope: Construct, id: string, props: EdgeNetworkProps) {
    super(scope, id);
    const network = new ComputeNetwork(this, 'Network', { name: props.name, autoCreateSubnetworks: false });
    this.networkId = network.id;
    checkApart(props.regions);
    this._subnets = props.regions.map((region) => {
      return new ComputeSubnetwork(this, `Proxies ${region}`, {
        name: `${props.name}-${region}`,
        region,
        network: network.id,
        ipCidrRange: rangeOf(region),
        purpose: 'REGIONAL_MANAGED_PROXY',
        role: 'ACTIVE',
      });
    });
  }
}

/**
 * One of the 32,768 ranges of this size in 10.0.0.0/8, by the region's name. Google recommends /23
 * (https://cloud.google.com/load-balancing/docs/proxy-only-subnets).
 */
function rangeOf(region: string): string {
  const slot = createHash('sha256').update(region).digest().readUInt16BE() >> 1;
  return `10.${slot >> 7}.${(slot & 127) * 2}.0/23`;
}

/** No two regions that there are today have one range (`test/google/edge-network.test.ts`). */
function checkApart(regions: readonly string[]): void {
  const ranges = regions.map(rangeOf);
  const second = regions.find((_, index) => ranges.indexOf(ranges[index] ?? '') !== index);
  if (second === undefined) return;
  throw new AuditLogError('network-range-taken', {
    problem: 'two regions of an edge network have one range of addresses',
    given: regions.filter((region) => rangeOf(region) === rangeOf(second)),
    fix: 'name each region once; give regions that still collide networks of their own',
  });
}
