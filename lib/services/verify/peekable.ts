/** A stream of which the next item can be looked at before it is taken. */
export class Peekable<T> {
  private readonly iterator: AsyncIterator<T>;
  private upcoming: Promise<IteratorResult<T>> | undefined;

  public constructor(items: AsyncIterable<T>) {
    this.iterator = items[Symbol.asyncIterator]();
  }

  /** The next item, or `undefined` at the end. */
  public async peek(): Promise<T | undefined> {
    this.upcoming ??= this.iterator.next();
    const result = await this.upcoming;
    return result.done ? undefined : result.value;
  }

  /** Takes the item that was peeked at. */
  public skip(): void {
    this.upcoming = undefined;
  }
}
