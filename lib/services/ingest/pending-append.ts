import { AuditLogError } from '../../policy/errors';
import type { EncodedBody, Receipt } from '../../record';
import type { Clock } from '../ports';
import { ACKNOWLEDGE_WITHIN_MS } from './config';

/** One request's entries on their way into a segment. It is confirmed or refused, once. */
export class PendingAppend {
  /** Gives the receipt, or throws why there is none. */
  public readonly answer: Promise<Receipt>;

  private readonly arrived: number;
  private isAnswered = false;
  private resolve!: (receipt: Receipt) => void;
  private reject!: (error: Error) => void;

  public constructor(
    public readonly entries: EncodedBody,
    /** Milliseconds since 1970-01-01 UTC. */
    public readonly received: number,
    public readonly writer: string,
    private readonly clock: Clock,
  ) {
    this.arrived = clock.monotonic();
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  public get size(): number {
    return this.entries.lines.length;
  }

  /** Whether it has neither been confirmed nor refused. */
  public get isOpen(): boolean {
    return !this.isAnswered;
  }

  /** How long it can still be confirmed by the monotonic clock, in milliseconds. */
  public get timeLeft(): number {
    return this.arrived + ACKNOWLEDGE_WITHIN_MS - this.clock.monotonic();
  }

  /** Confirms it if it is in time by both clocks. That is also within the five minutes behind its hour, since `received` lies in the hour. */
  public confirm(receipt: Receipt): void {
    if (this.timeLeft < 0 || this.clock.now() > this.received + ACKNOWLEDGE_WITHIN_MS) {
      this.refuse();
    } else if (this.isOpen) {
      this.isAnswered = true;
      this.resolve(receipt);
    }
  }

  public refuse(): void {
    this.isAnswered = true;
    this.reject(
      new AuditLogError('append-unconfirmed', {
        problem: 'the store did not confirm the write in time, it may or may not have happened',
        fix: 'send the request again with the same Idempotency-Key, after the time in Retry-After',
      }),
    );
  }
}
