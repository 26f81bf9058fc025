/** What a load balancer speaks with machines or pods that are there already. */
export enum BackendProtocol {
  /** Plain HTTP, inside the network, which is what this package's services speak. */
  HTTP = 'HTTP',
  /** TLS, by whatever certificate the group shows: the load balancer checks none. Something before the service must end it. */
  HTTPS = 'HTTPS',
}
