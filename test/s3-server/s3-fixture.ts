import { S3Store } from '../../lib/services/store/s3';
import { S3Server, type S3ServerOptions } from './s3-server';

process.env.AWS_ACCESS_KEY_ID ??= 'test';
process.env.AWS_SECRET_ACCESS_KEY ??= 'test';

/** A server with one locked bucket, and a store in a prefix of it. */
export class S3Fixture {
  public static async start(
    options: S3ServerOptions & { mode?: 'COMPLIANCE' | 'GOVERNANCE' } = {},
  ): Promise<S3Fixture> {
    const server = await S3Server.start(options);
    server.createLocked('audit', options.mode ?? 'COMPLIANCE', 1);
    return new S3Fixture(server);
  }

  public readonly doubts: { readonly key: string; readonly cause: unknown }[] = [];
  public readonly store: S3Store;

  private constructor(public readonly server: S3Server) {
    this.store = S3Store.open(
      { bucket: 'audit', prefix: 'logs/', region: 'eu-central-1', endpoint: server.endpoint },
      { onDoubt: (key, cause) => this.doubts.push({ key, cause }) },
    );
  }

  /** The store's URL. */
  public get url(): string {
    return `s3://audit/logs?region=eu-central-1&endpoint=${encodeURIComponent(this.server.endpoint)}`;
  }

  /** The bucket as its owner sees it. */
  public get bucket() {
    return this.server.buckets.get('audit')!;
  }

  /** The bucket's key of an object of the store. */
  public fullName(key: string): string {
    return `logs/${key}`;
  }
}
