/** Which names a front door publishes, where the deployment has a zone for them. */
export enum PublishedNames {
  /** `ingest.<domain>` and `query.<domain>`, and the region's own: nobody else leads clients anywhere. */
  ALL = 'all',
  /** `<region>.ingest.<base>` and `<region>.query.<base>`: `GlobalRouting` leads clients to these. */
  REGIONAL = 'regional',
}
