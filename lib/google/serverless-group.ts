import { ComputeRegionNetworkEndpointGroup } from '@cdktf/provider-google/lib/compute-region-network-endpoint-group';
import type { Construct } from 'constructs';
import { BackendGroup } from './backend-group';

/**
 * The group through which load balancers reach a Cloud Run service, or the one below a function, which has the function's name. A group in
 * use cannot be changed, so it is called after the service: another service is another group, made before the old one goes.
 */
export function serverlessGroup(scope: Construct, service: string, region: string): BackendGroup {
  const group = new ComputeRegionNetworkEndpointGroup(scope, 'Group', {
    name: service,
    region,
    networkEndpointType: 'SERVERLESS',
    cloudRun: { service },
    lifecycle: { createBeforeDestroy: true },
  });
  return BackendGroup.serverless(group.id);
}
