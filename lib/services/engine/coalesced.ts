/** Runs one piece of work again and again, never twice at once: all who ask while it runs share the next run. */
export class Coalesced {
  private running: Promise<void> | undefined;
  private queued: Promise<void> | undefined;
  private since = 0;

  public constructor(private readonly work: () => Promise<void>) {}

  /** For how long the run in progress has lasted, in milliseconds; 0 when there is none. */
  public get lasted(): number {
    return this.running === undefined ? 0 : performance.now() - this.since;
  }

  /** Resolves when a run has ended that began after the call. */
  public run(): Promise<void> {
    if (this.running === undefined) return this.start();
    this.queued ??= this.running
      .catch(() => {})
      .then(() => {
        this.queued = undefined;
        return this.start();
      });
    return this.queued;
  }

  /** Resolves when nothing runs and nobody waits. */
  public async settled(): Promise<void> {
    await Promise.allSettled([this.running, this.queued]);
  }

  private start(): Promise<void> {
    this.since = performance.now();
    this.running = this.work().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }
}
