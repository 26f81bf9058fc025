import { AuditLogError } from '../../policy/errors';

/** Bytes that all requests in progress share. What does not fit is refused at once: nothing waits for memory. */
export class MemoryBudget {
  private used = 0;

  /** @param size in bytes */
  public constructor(private readonly size: number) {}

  /** Bytes that are reserved now. */
  public get reserved(): number {
    return this.used;
  }

  /**
   * Reserves bytes.
   *
   * @returns what gives them back; further calls do nothing
   * @throws overloaded
   */
  public reserve(bytes: number): () => void {
    if (this.used + bytes > this.size) {
      throw new AuditLogError('overloaded', {
        problem: 'the node has no memory left for this request',
        fix: 'send it again after the time in Retry-After',
      });
    }
    this.used += bytes;
    let held = bytes;
    return () => {
      this.used -= held;
      held = 0;
    };
  }
}
