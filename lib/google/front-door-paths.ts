/** One load balancer that lets clients in. */
export interface WayIn {
  /** Name of its URL map and of its Cloud Armor policy, by which metrics and logs of Google tell them apart. */
  readonly name: string;

  /**
   * Where it is.
   *
   * @default - everywhere: it is a global one
   */
  readonly region?: string;

  /** Its IPv4 address. */
  readonly ipv4Address: string;

  /**
   * Its IPv6 address.
   *
   * @default - none: it is a regional one
   */
  readonly ipv6Address?: string;
}

/** What a front door made, for alarms and for records of your own. */
export interface FrontDoorPaths {
  /** Take writers in: a global one, or one a region. */
  readonly ingest: WayIn[];

  /** Take readers in; may be those of writers. */
  readonly query: WayIn[];
}
