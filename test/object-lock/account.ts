import { S3Client } from '@aws-sdk/client-s3';
import { type CephServer, type Credentials, startCeph } from '../s3/real-server';

/** A principal of the account. */
export interface Principal {
  readonly arn: string;
  readonly s3: S3Client;
  /** With which a process acts as this principal, and as nobody else. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * An AWS account as far as an S3 gateway can play one. It knows users, but neither roles that a service could assume nor policies of identities:
 * a user of the role's name stands for each role.
 */
export class Account {
  public static async open(id: string): Promise<Account> {
    return new Account(id, await startCeph());
  }

  private readonly clients: S3Client[] = [];

  private constructor(
    public readonly id: string,
    private readonly server: CephServer,
  ) {}

  public get endpoint(): string {
    return this.server.endpoint;
  }

  public async principal(name: string): Promise<Principal> {
    const credentials = await this.server.createUser(this.id, name);
    const place = { endpoint: this.endpoint, region: 'us-east-1', forcePathStyle: true };
    const s3 = new S3Client({ ...place, credentials, maxAttempts: 1 });
    this.clients.push(s3);
    return { arn: `arn:aws:iam::${this.id}:user/${name}`, s3, env: environment(credentials) };
  }

  /** Lets time pass and does what the lifecycles of the account's buckets demand, where a day lasts a second. */
  public processLifecycles(): Promise<void> {
    return this.server.processLifecycles();
  }

  /** A policy as the gateway understands its principals: users, which have no path. */
  public translate<T>(policy: T): T {
    const role = new RegExp(`arn:aws:iam::${this.id}:role/([^"/]+/)*`, 'g');
    return JSON.parse(JSON.stringify(policy).replaceAll(role, `arn:aws:iam::${this.id}:user/`));
  }

  public async close(): Promise<void> {
    for (const client of this.clients) client.destroy();
    await this.server.stop();
  }
}

function environment({ accessKeyId, secretAccessKey }: Credentials): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}
