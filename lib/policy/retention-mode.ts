/** How a lock can be lifted before its time. */
export enum RetentionMode {
  /** By nobody, not even the account's root user. */
  COMPLIANCE = 'compliance',
  /** By principals who hold the cloud's permission to bypass the lock. */
  GOVERNANCE = 'governance',
}
