import { constants, type Dirent } from 'node:fs';
import * as nodeFileSystem from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AuditLogError } from '../../policy/errors';
import type { ObjectReader, StoredObject } from '../ports';
import { checkReadableFolder, checkReadableKey, TEMPORARY_FOLDER } from './object-key';

/** What a file store needs from `node:fs/promises`. */
export type FileSystem = Pick<
  typeof nodeFileSystem,
  'open' | 'link' | 'lstat' | 'mkdir' | 'readdir' | 'realpath' | 'stat' | 'unlink'
>;

export interface FileStoreReaderOptions {
  /**
   * Replaces the file system, so that a test can make it fail.
   *
   * @default - `node:fs/promises`
   */
  readonly fs?: FileSystem;
}

/** A folder that really lies where its path says. */
export interface Root {
  readonly path: string;
  readonly device: number;
  readonly inode: number;
}

/**
 * No object is larger. A segment has at most 8 MiB before compression; the bound keeps what somebody put into the folder from filling
 * the memory of who reads it.
 */
export const LARGEST_OBJECT_BYTES = 64 * 1024 * 1024;

/** How many files are asked for their sizes at a time. */
const SIZES_AT_A_TIME = 64;

/** A name that is not UTF-8 arrives with this character in it, and cannot be opened by that text. */
const UNDECODABLE = '\uFFFD';

/**
 * Reads the objects of a file store, and never writes: a read-only mount will do.
 *
 * An object is a regular file whose path has no symbolic link below the root. Whatever else somebody put there (a link, a pipe, a device, a name that
 * is not UTF-8) is never followed: it is listed with size 0. It and a file over 64 MiB read as no bytes, which no object of the record is, so that verification
 * finds it `foreign` or `damaged`. Below a linked folder there are no objects. Two things a reader cannot see: hard links to files outside,
 * and links that are swapped in and out while it looks.
 */
export class FileStoreReader implements ObjectReader {
  /**
   * Opens an existing store.
   *
   * @param root path of its folder; may itself be a symbolic link
   * @throws store-missing
   */
  public static async open(root: string, options: FileStoreReaderOptions = {}): Promise<FileStoreReader> {
    const fs = options.fs ?? nodeFileSystem;
    return new FileStoreReader(await FileStoreReader.find(root, fs), fs);
  }

  protected static async find(root: string, fs: FileSystem): Promise<Root> {
    try {
      const path = await fs.realpath(root);
      const status = await fs.stat(path);
      if (status.isDirectory()) return { path, device: status.dev, inode: status.ino };
    } catch (error) {
      if (!isAbsence(error)) throw error;
    }
    throw new AuditLogError('store-missing', {
      problem: 'the store is not a folder that exists',
      given: root,
      fix: 'give the folder that `audit-log up` keeps its store in, by default .audit-log/store',
    });
  }

  protected constructor(
    protected readonly root: Root,
    protected readonly fs: FileSystem,
  ) {}

  public async get(key: string): Promise<Buffer | undefined> {
    return this.read(key, (size) => (size <= LARGEST_OBJECT_BYTES ? size : 0));
  }

  public async getTail(key: string, bytes: number): Promise<Buffer | undefined> {
    return this.read(key, (size) => Math.min(bytes, size));
  }

  public async *list(prefix: string, after = ''): AsyncIterable<StoredObject> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    checkReadableFolder(folder);
    await this.checkRoot();
    yield* this.walk(folder, prefix, Buffer.from(after));
  }

  public async *listFolders(prefix: string): AsyncIterable<string> {
    checkReadableFolder(prefix);
    await this.checkRoot();
    for (const child of await this.children(prefix)) if (child.isFolder) yield child.key;
  }

  private async *walk(folder: string, prefix: string, after: Buffer): AsyncIterable<StoredObject> {
    const wanted = (await this.children(folder)).filter((child) => child.mayHold(prefix, after));
    for (let start = 0; start < wanted.length; start += SIZES_AT_A_TIME) {
      const batch = wanted.slice(start, start + SIZES_AT_A_TIME);
      const sizes = await Promise.all(batch.map((child) => this.size(child)));
      for (const [index, child] of batch.entries()) {
        const size = sizes[index];
        if (child.isFolder) yield* this.walk(child.key, prefix, after);
        else if (size !== undefined) yield { key: child.key, size };
      }
    }
  }

  private async children(folder: string): Promise<Child[]> {
    const path = resolve(this.root.path, folder);
    try {
      const entries = await this.fs.readdir(path, { withFileTypes: true });
      if ((await this.fs.realpath(path)) !== path) return [];
      const children = entries.map((entry) => new Child(folder, entry));
      return children.filter(({ key }) => key !== `${TEMPORARY_FOLDER}/`).sort((a, b) => a.bytes.compare(b.bytes));
    } catch (error) {
      await this.checkAbsence(error);
      return [];
    }
  }

  private async size(child: Child): Promise<number | undefined> {
    if (!child.isObject) return 0;
    try {
      return (await this.fs.lstat(join(this.root.path, child.key))).size;
    } catch (error) {
      await this.checkAbsence(error);
      return undefined;
    }
  }

  /** The last bytes of an object: as many as `wanted` says, given how many there are. */
  private async read(key: string, wanted: (size: number) => number): Promise<Buffer | undefined> {
    checkReadableKey(key);
    const path = join(this.root.path, key);
    let file: nodeFileSystem.FileHandle;
    try {
      // Neither follows a link nor waits for the other end of a pipe.
      file = await this.fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      if (isNoObject(error)) return Buffer.alloc(0);
      await this.checkAbsence(error);
      return undefined;
    }
    try {
      const status = await file.stat();
      if (status.isDirectory() || (await this.isBehindLink(path))) return undefined;
      return status.isFile() ? await readTail(file, status.size, wanted(status.size)) : Buffer.alloc(0);
    } finally {
      await file.close();
    }
  }

  private async isBehindLink(path: string): Promise<boolean> {
    try {
      return (await this.fs.realpath(path)) !== path;
    } catch (error) {
      await this.checkAbsence(error);
      return true;
    }
  }

  /** Throws unless the error says that nothing is there, in a root that is still the one that was opened. */
  private async checkAbsence(error: unknown): Promise<void> {
    if (!isAbsence(error)) throw error;
    await this.checkRoot();
  }

  /** An unmounted disk leaves an empty folder behind: that is an outage and no absence. */
  private async checkRoot(): Promise<void> {
    const now = await this.fs.stat(this.root.path).catch(() => undefined);
    if (now?.dev === this.root.device && now.ino === this.root.inode) return;
    throw new AuditLogError('store-unavailable', {
      problem: 'the folder of the store is no longer the one that was opened',
      given: this.root.path,
      fix: 'mount the disk again and restart the service',
    });
  }
}

/** One name in a folder. Folders end in `/`, also for sorting: `a.b` stands before `a/b`, and `a/b` before `a0`. */
class Child {
  public readonly key: string;
  public readonly bytes: Buffer;
  public readonly isFolder: boolean;
  public readonly isObject: boolean;

  public constructor(folder: string, entry: Dirent) {
    const decoded = !entry.name.includes(UNDECODABLE);
    this.isFolder = decoded && entry.isDirectory();
    this.isObject = decoded && entry.isFile();
    this.key = `${folder}${entry.name}${this.isFolder ? '/' : ''}`;
    this.bytes = Buffer.from(this.key);
  }

  /** Whether it is, or as a folder may hold, a key that begins with the prefix and comes after the other. */
  public mayHold(prefix: string, after: Buffer): boolean {
    if (!this.key.startsWith(prefix)) return false;
    const holdsAfter = this.isFolder && after.subarray(0, this.bytes.length).equals(this.bytes);
    return holdsAfter || this.bytes.compare(after) > 0;
  }
}

async function readTail(file: nodeFileSystem.FileHandle, size: number, bytes: number): Promise<Buffer> {
  const tail = Buffer.alloc(bytes);
  let filled = 0;
  while (filled < bytes) {
    const { bytesRead } = await file.read(tail, filled, bytes - filled, size - bytes + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return tail.subarray(0, filled);
}

export function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error) ?? '');
}

/** A symbolic link (EMLINK on FreeBSD) or a socket. */
function isNoObject(error: unknown): boolean {
  return ['ELOOP', 'EMLINK', 'ENXIO'].includes(errorCode(error) ?? '');
}
