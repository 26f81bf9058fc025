import { ComputeHealthCheck } from '@cdktf/provider-google/lib/compute-health-check';
import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set';
import { Construct } from 'constructs';
import type { Region } from '../policy';

const TTL_SECONDS = 30;

/** Cloud DNS probes public addresses from exactly three regions. */
const PROBES = ['us-east1', 'europe-west1', 'asia-southeast1'];

interface GeoRecordProps {
  readonly name: string;
  readonly domain: string;
  readonly zone: string;
  readonly addresses: readonly { readonly region: Region; readonly address: string }[];
}

/**
 * Leads each client to its region's jurisdiction: every region's answer is the addresses of its jurisdiction that answer, and the fence keeps
 * clients there even if none does.
 *
 * Only the port is probed: a probe has no client certificate, and is in no allow-list. So a region is left alone when Google's proxies there do not
 * answer, and not when the service behind them is dead.
 */
export class GeoRecord extends Construct {
  public constructor(scope: Construct, id: string, { name, domain, zone, addresses }: GeoRecordProps) {
    super(scope, id);
    const healthCheck = new ComputeHealthCheck(this, 'Probe', {
      name,
      checkIntervalSec: 30,
      timeoutSec: 5,
      sourceRegions: PROBES,
      tcpHealthCheck: { port: 443 },
    });
    new DnsRecordSet(this, 'Record', {
      managedZone: zone,
      name: `${domain}.`,
      type: 'A',
      ttl: TTL_SECONDS,
      routingPolicy: {
        enableGeoFencing: true,
        healthCheck: healthCheck.id,
        geo: addresses.map(({ region }) => ({
          location: region.name,
          healthCheckedTargets: {
            externalEndpoints: addresses
              .filter((other) => other.region.jurisdiction === region.jurisdiction)
              .map(({ address }) => address),
          },
        })),
      },
    });
  }
}
