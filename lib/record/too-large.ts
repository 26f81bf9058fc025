/** A request that says more than the log takes at once. `reason` is one phrase that says which bound it passes. */
export class TooLarge extends Error {
  public constructor(public readonly reason: string) {
    super(reason);
    this.name = 'TooLarge';
  }
}
