import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import * as nodeFileSystem from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AuditLogError } from '../../policy/errors';
import type { ObjectStore, PutOutcome } from '../ports';
import {
  errorCode,
  FileStoreReader,
  type FileStoreReaderOptions,
  type FileSystem,
  LARGEST_OBJECT_BYTES,
  type Root,
} from './file-reader';
import { checkWritableKey, TEMPORARY_FOLDER } from './object-key';

export interface FileStoreOptions extends FileStoreReaderOptions {
  /**
   * Told why a put ended in `unknown`, for the service's log.
   *
   * @default - nobody is told
   */
  readonly onDoubt?: (key: string, cause: unknown) => void;
}

/** Nobody may change or extend an object, its owner included; the umask takes further bits away. */
const OBJECT_MODE = 0o444;

/** No writer takes this long: what is older was left by one that died. */
const LEFTOVER_AGE_MS = 60 * 60 * 1000;

/** How many folders are remembered as made and durable; a node writes to a few an hour. */
const REMEMBERED_FOLDERS = 1000;

/**
 * Objects as files of one folder, on a local file system with hard links. Any number of processes may share it.
 *
 * A put writes and syncs a temporary file, links it under its final name, which fails if that is taken, and syncs the folder. What each step's failure
 * leaves behind:
 *
 * | failing step | in the store | outcome |
 * |---|---|---|
 * | make, write, sync or close the temporary file | nothing | `unknown` |
 * | make or sync a folder on the way | nothing, maybe empty folders | `unknown` |
 * | link: the name is taken | the other's object, now durable | `exists` |
 * | link: another error | nothing | `unknown` |
 * | sync the folder, after either end of link | the whole object, which a crash may take back | `unknown` |
 * | remove the temporary file | the whole object; the temporary file until it is swept | as above |
 *
 * A name can be a folder or an object, not both: putting `a` beside `a/b` is `exists`, `a/b` beside `a` is `unknown`.
 */
export class FileStore extends FileStoreReader implements ObjectStore {
  /**
   * Opens a store, makes its folder if it is missing, and sweeps what writers that died an hour ago or earlier left unfinished.
   *
   * @param root path of its folder; may itself be a symbolic link
   */
  public static override async open(root: string, options: FileStoreOptions = {}): Promise<FileStore> {
    const fs = options.fs ?? nodeFileSystem;
    await makeDurableFolder(join(resolve(root), TEMPORARY_FOLDER), fs);
    const store = new FileStore(await FileStore.find(root, fs), fs, options.onDoubt ?? (() => {}));
    await store.sweep();
    return store;
  }

  /** Folders that this process made or found, and whose own names it has synced; the promise is that of the work under way. */
  private readonly folders = new Map<string, Promise<void>>();
  private readonly temporaries: string;

  private constructor(
    root: Root,
    fs: FileSystem,
    private readonly onDoubt: (key: string, cause: unknown) => void,
  ) {
    super(root, fs);
    this.temporaries = join(root.path, TEMPORARY_FOLDER);
  }

  /**
   * @throws object-key-invalid
   * @throws object-too-large
   */
  public async putOnce(key: string, bytes: Uint8Array): Promise<PutOutcome> {
    checkWritableKey(key);
    checkSize(key, bytes.length);
    const path = join(this.root.path, key);
    const temporary = join(this.temporaries, randomUUID());
    try {
      await this.writeTemporary(temporary, bytes);
      await this.ensureFolder(dirname(path));
      return await this.changeFolder(dirname(path), () => this.link(temporary, path));
    } catch (cause) {
      // A folder may have been removed, or its sync may have failed: find out anew.
      this.folders.clear();
      this.onDoubt(key, cause);
      return 'unknown';
    } finally {
      await this.fs.unlink(temporary).catch(() => {});
    }
  }

  private async writeTemporary(path: string, bytes: Uint8Array): Promise<void> {
    const file = await this.fs.open(path, 'wx', OBJECT_MODE);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  private async link(temporary: string, path: string): Promise<PutOutcome> {
    try {
      await this.fs.link(temporary, path);
      return 'written';
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return 'exists';
      throw error;
    }
  }

  private ensureFolder(path: string): Promise<void> {
    if (path === this.root.path) return Promise.resolve();
    const known = this.folders.get(path);
    if (known !== undefined) return known;
    if (this.folders.size >= REMEMBERED_FOLDERS) this.folders.clear();
    const made = this.makeFolder(path);
    this.folders.set(path, made);
    return made;
  }

  private async makeFolder(path: string): Promise<void> {
    await this.ensureFolder(dirname(path));
    await this.changeFolder(dirname(path), () =>
      this.fs.mkdir(path).catch((error: unknown) => {
        // Another process made it; whether it has synced the name yet nobody knows, so that is done again here.
        if (errorCode(error) !== 'EEXIST') throw error;
      }),
    );
  }

  /**
   * Changes what is in a folder and syncs the folder. It is open all the while: of a folder that is not, the kernel may forget that writing it failed
   * (https://github.com/transparency-dev/tessera/issues/749). A link in its place is refused.
   */
  private async changeFolder<T>(path: string, change: () => Promise<T>): Promise<T> {
    const folder = await this.fs.open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      const result = await change();
      await folder.sync();
      return result;
    } finally {
      await folder.close();
    }
  }

  private async sweep(): Promise<void> {
    const oldest = Date.now() - LEFTOVER_AGE_MS;
    for (const name of await this.fs.readdir(this.temporaries)) {
      const path = join(this.temporaries, name);
      // Another process may sweep the same file, or it may belong to somebody else: neither keeps this one from working.
      const status = await this.fs.lstat(path).catch(() => undefined);
      if (status?.isFile() && status.mtimeMs < oldest) await this.fs.unlink(path).catch(() => {});
    }
  }
}

function checkSize(key: string, bytes: number): void {
  if (bytes <= LARGEST_OBJECT_BYTES) return;
  throw new AuditLogError('object-too-large', {
    problem: `the object ${key} is too large for the store`,
    given: bytes,
    allowed: `up to ${LARGEST_OBJECT_BYTES} bytes`,
    fix: 'store it as several objects',
  });
}

async function makeDurableFolder(path: string, fs: FileSystem): Promise<void> {
  const first = await fs.mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    const folder = await fs.open(dirname(made), constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}
