import { LoggingProjectBucketConfig } from '@cdktf/provider-google/lib/logging-project-bucket-config';
import { LoggingProjectExclusion } from '@cdktf/provider-google/lib/logging-project-exclusion';
import { LoggingProjectSink } from '@cdktf/provider-google/lib/logging-project-sink';
import { Construct } from 'constructs';

/** As long as the project's own bucket keeps them. */
const RETENTION_DAYS = 30;

/** Services have longer names, some of them cut: by this much they are known. */
const MOST_OF_SERVICE = 36;

interface ResidentLogsProps {
  /** Name of the load balancer in the region. */
  readonly name: string;
  readonly project: string;
  readonly region: string;
  /** What names of the services behind it begin with. */
  readonly services: readonly string[];
}

/**
 * Keeps in the region what is logged of its requests: addresses of clients, and what they search for. The project's own bucket is global, so nothing of
 * it goes there.
 */
export class ResidentLogs extends Construct {
  public constructor(scope: Construct, id: string, props: ResidentLogsProps) {
    super(scope, id);
    const { name, project, region } = props;
    const filter = filterOf(props);
    const bucket = new LoggingProjectBucketConfig(this, 'Bucket', {
      project,
      location: region,
      bucketId: name,
      retentionDays: RETENTION_DAYS,
    });
    const sink = new LoggingProjectSink(this, 'Sink', {
      name,
      destination: `logging.googleapis.com/${bucket.id}`,
      filter,
      uniqueWriterIdentity: true,
    });
    new LoggingProjectExclusion(this, 'Exclusion', { name, filter, dependsOn: [sink] });
  }
}

/** The load balancer's requests, and all that the services say: Cloud Run logs requests as well. */
function filterOf({ name, region, services }: ResidentLogsProps): string {
  const names = services.map((service) => service.slice(0, MOST_OF_SERVICE)).join('|');
  return [
    `(resource.type="http_external_regional_lb_rule" AND resource.labels.region="${region}" AND resource.labels.url_map_name="${name}")`,
    `(resource.type="cloud_run_revision" AND resource.labels.location="${region}" AND resource.labels.service_name=~"^(${names})")`,
  ].join(' OR ');
}
