/** Bytes that are not what they claim to be. `reason` is one phrase that says what is wrong with them. */
export class Malformed extends Error {
  public constructor(public readonly reason: string) {
    super(reason);
    this.name = 'Malformed';
  }
}
