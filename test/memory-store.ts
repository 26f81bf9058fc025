import type { ObjectStore, PutOutcome, StoredObject } from '../lib/services/ports';

/** A store in memory. Unlike a real one it lets tests change and remove objects, as whoever owns the store could. */
export class MemoryStore implements ObjectStore {
  public readonly objects = new Map<string, Buffer>();

  /** @param pause awaited before and after each access, so that others can come in between */
  public constructor(private readonly pause: () => Promise<void> = async () => {}) {}

  public async putOnce(key: string, bytes: Uint8Array): Promise<PutOutcome> {
    await this.pause();
    const isNew = !this.objects.has(key);
    if (isNew) {
      this.objects.set(key, Buffer.from(bytes));
    }
    await this.pause();
    return isNew ? 'written' : 'exists';
  }

  public async get(key: string): Promise<Buffer | undefined> {
    await this.pause();
    const bytes = this.objects.get(key);
    return bytes && Buffer.from(bytes);
  }

  public async getTail(key: string, bytes: number): Promise<Buffer | undefined> {
    const all = await this.get(key);
    return all?.subarray(Math.max(0, all.length - bytes));
  }

  public async *list(prefix: string, after = ''): AsyncIterable<StoredObject> {
    await this.pause();
    for (const key of this.keysBelow(prefix, after)) {
      yield { key, size: this.objects.get(key)?.length ?? 0 };
    }
  }

  public async *listFolders(prefix: string): AsyncIterable<string> {
    await this.pause();
    const names = this.keysBelow(prefix).map((key) => key.slice(prefix.length).split('/'));
    yield* new Set(names.filter((name) => name.length > 1).map(([folder]) => `${prefix}${folder}/`));
  }

  /** In order of UTF-16 units, which is that of UTF-8 bytes for all characters below U+E000. */
  private keysBelow(prefix: string, after = ''): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  }
}
