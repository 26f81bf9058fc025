import type { ObjectReader, StoredObject } from '../ports';

/** A store that is opened when it is first read, and tried again at the next read when that failed. */
export class LazyReader implements ObjectReader {
  private opened: Promise<ObjectReader> | undefined;

  public constructor(private readonly open: () => Promise<ObjectReader>) {}

  public async get(key: string): Promise<Buffer | undefined> {
    return (await this.reader()).get(key);
  }

  public async getTail(key: string, bytes: number): Promise<Buffer | undefined> {
    return (await this.reader()).getTail(key, bytes);
  }

  public async *list(prefix: string, after?: string): AsyncIterable<StoredObject> {
    yield* (await this.reader()).list(prefix, after);
  }

  public async *listFolders(prefix: string): AsyncIterable<string> {
    yield* (await this.reader()).listFolders(prefix);
  }

  private reader(): Promise<ObjectReader> {
    this.opened ??= this.open().catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }
}
