import { GcsStore } from '../../lib/services/store/gcs';
import { GcsServer, type GcsServerOptions } from './gcs-server';

const DAY_SECONDS = 86_400;

/** A server with one bucket whose retention policy is locked, and a store in a prefix of it, `logs/` by default. */
export class GcsFixture {
  public static async start({ prefix = 'logs/', ...options }: GcsServerOptions & { prefix?: string } = {}) {
    const server = await GcsServer.start(options);
    server.createBucket('audit', DAY_SECONDS, true);
    return new GcsFixture(server, prefix);
  }

  public readonly doubts: { readonly key: string; readonly cause: unknown }[] = [];
  public readonly store: GcsStore;

  private constructor(
    public readonly server: GcsServer,
    prefix: string,
  ) {
    this.store = GcsStore.open(
      { bucket: 'audit', prefix, endpoint: server.endpoint },
      { onDoubt: (key, cause) => this.doubts.push({ key, cause }) },
    );
  }

  /** The store's URL. */
  public get url(): string {
    return `gs://audit/logs?endpoint=${encodeURIComponent(this.server.endpoint)}`;
  }

  /** The bucket as its owner sees it. */
  public get bucket() {
    return this.server.buckets.get('audit')!;
  }
}
