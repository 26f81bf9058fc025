import * as real from 'node:fs/promises';
import { relative } from 'node:path';
import type { FileSystem } from '../../../lib/services/store/file-reader';

/** The real file system, which writes down every call that changes or syncs something, and fails where a test wants it to. */
export class RecordedFileSystem {
  /** Such as `link a/b`, with paths below the root; every temporary file is `.tmp/*`. */
  public readonly calls: string[] = [];
  /** Fails the call that is about to be made when it returns an error code. */
  public failure: (call: string, index: number) => string | undefined = () => undefined;
  public readonly fs: FileSystem;

  public constructor(private readonly root: string) {
    this.fs = {
      ...real,
      open: async (path, flags, mode) => {
        this.record('open', path);
        return this.recorded(await real.open(path, flags, mode), path);
      },
      link: async (from, to) => {
        this.record('link', to);
        return real.link(from, to);
      },
      mkdir: (async (path: string, options: undefined) => {
        this.record('mkdir', path);
        return real.mkdir(path, options);
      }) as typeof real.mkdir,
      unlink: async (path) => {
        this.record('unlink', path);
        return real.unlink(path);
      },
      readdir: (async (path: string, options: { withFileTypes: true }) => {
        this.record('readdir', path);
        return real.readdir(path, options);
      }) as unknown as typeof real.readdir,
      lstat: (async (path: string) => {
        this.record('lstat', path);
        return real.lstat(path);
      }) as typeof real.lstat,
    };
  }

  private record(verb: string, path: unknown): void {
    const name = relative(this.root, String(path)) || '.';
    const call = `${verb} ${name.replace(/^\.tmp\/.*/, '.tmp/*')}`;
    const code = this.failure(call, this.calls.length);
    this.calls.push(call);
    if (code !== undefined) throw Object.assign(new Error(`${code}: ${call}`), { code });
  }

  private recorded(file: real.FileHandle, path: unknown): real.FileHandle {
    return new Proxy(file, {
      get: (target, name: keyof real.FileHandle) => {
        const value = target[name];
        if (typeof value !== 'function') return value;
        const method = value.bind(target) as (...given: unknown[]) => Promise<unknown>;
        if (name === 'close') return () => method().then(() => this.record(name, path));
        if (name === 'sync') return async () => [this.record(name, path), await method()];
        if (name !== 'writeFile') return method;
        return async (bytes: Uint8Array) => {
          // A full disk takes some of the bytes before it fails.
          await method(bytes.subarray(0, bytes.length / 2));
          this.record('write', path);
          await method(bytes.subarray(bytes.length / 2));
        };
      },
    });
  }
}
