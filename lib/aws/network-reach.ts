/** What tasks in a network must be able to reach; each includes the ones before. */
export enum NetworkReach {
  /** Nothing: no task runs there. */
  NONE = 'none',
  /** The services of AWS that the log is made of. */
  AWS = 'aws',
  /** An identity provider on the internet as well, to fetch the keys that tokens are checked with. */
  INTERNET = 'internet',
}
