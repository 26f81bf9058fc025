import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteBucketLifecycleCommand,
  GetObjectCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
} from '@aws-sdk/client-s3';
import { type AppendAnswer, type Finding, hourOf, LogName } from '../../lib/record';
import { openReader } from '../../lib/services/store/open';
import { type Verification, verifyLog } from '../../lib/services/verify';
import { archiveStack, COMPLIANCE } from '../aws/archives';
import { send } from '../services/ingest/http-client';
import { Account, type Principal } from './account';
import type { Attacker, Scene, VictimKind } from './attacks';
import { refusal } from './refusal';
import { RunningServices, type Service } from './running-services';
import { APPLICABLE, nameOf, STATEMENTS, type Statement } from './statements';
import { SynthesizedBucket } from './synthesized-bucket';

const ACCOUNT = '111122223333';
const ROLES = { ingest: 'Ingest', seal: 'Seal', query: 'Query', view: 'View', verification: 'Verification' } as const;
const ROUNDS = 4;
const EVENTS_A_ROUND = 4;
const SEALED_WITHIN_MS = 30_000;

/** Who there is. The stranger is of the same account, and nothing is allowed to it. */
export type PrincipalName = keyof typeof ROLES | 'stranger' | 'owner';

/** What came of an attack, and findings that it brought about elsewhere than at the object that it was about. */
export interface Aftermath {
  readonly outcome: string;
  readonly elsewhere: readonly string[];
}

/** A log in the bucket of a synthesized archive, with the services that write it: made, attacked, and mended again. */
export class AttackedLog {
  /** An account with the principals, and nothing in it yet. */
  public static async open(): Promise<AttackedLog> {
    const account = await Account.open(ACCOUNT);
    try {
      const stack = archiveStack(COMPLIANCE);
      const bucket = new SynthesizedBucket(stack, ACCOUNT, stack.archive.region.name);
      const log = LogName.parse(stack.archive.prefix.slice(0, -1)) as LogName;
      const principals = {} as Record<PrincipalName, Principal>;
      for (const name of ['stranger', 'owner'] as const) principals[name] = await account.principal(name);
      for (const name of Object.keys(ROLES) as (keyof typeof ROLES)[]) {
        principals[name] = await account.principal(bucket.roleName(ROLES[name]));
      }
      // The store's client takes its credentials from the environment.
      Object.assign(process.env, principals.verification.env);
      const parameters = `region=us-east-1&endpoint=${encodeURIComponent(account.endpoint)}`;
      const services = await RunningServices.prepare(log, `s3://${bucket.name}?${parameters}`);
      return new AttackedLog(account, bucket, principals, services, log);
    } catch (error) {
      await account.close();
      throw error;
    }
  }

  /** Keys of the segments that were acknowledged, each with one event, in order. */
  private readonly segments: string[] = [];
  private endorsement = '';
  private ingest?: Service;
  private known: ReadonlySet<string> = new Set();

  private constructor(
    private readonly account: Account,
    public readonly bucket: SynthesizedBucket,
    public readonly principals: Readonly<Record<PrincipalName, Principal>>,
    public readonly services: RunningServices,
    private readonly log: LogName,
  ) {}

  /** How many events were acknowledged. */
  public get appended(): number {
    return this.segments.length;
  }

  /** Makes the bucket and applies its policy, and says what became of each property of the bucket. */
  public async create(): Promise<Record<string, string>> {
    const outcomes = await this.bucket.create(this.principals.owner.s3);
    await this.bind();
    return outcomes;
  }

  /** Has events appended and sealed in several rounds. Ingest goes on, the sealer ends. */
  public async fill(): Promise<void> {
    this.ingest = await this.services.startIngest(this.principals.ingest);
    const retention = { mode: 'compliance', days: COMPLIANCE.period.inDays } as const;
    const sealer = await this.services.startSeal(this.principals.seal, retention);
    for (let round = 0; round < ROUNDS; round++) {
      for (let i = 0; i < EVENTS_A_ROUND; i++) await this.append();
      await this.untilSealed();
    }
    await sealer.stop();
    this.known = new Set((await this.verify()).findings.map(textOf));
  }

  /** Appends an event as a client does. */
  public async append(): Promise<string> {
    const body = JSON.stringify({ action: 'object.lock', n: this.segments.length });
    const headers = { 'Content-Type': 'application/json' };
    const answer = await send(this.ingest?.address ?? '', { headers, body });
    if (answer.status !== 200) throw new Error(`ingest answered ${answer.status}: ${answer.body}`);
    const { origin, received, first } = (JSON.parse(answer.body) as AppendAnswer).receipt;
    const [hour, shard] = [hourOf(Date.parse(received)), origin.slice(-32)];
    const key = this.log.segmentKey(hour, shard, first);
    this.segments.push(key);
    this.endorsement ||= this.log.endorsementKey(hour, shard);
    return key;
  }

  /** What `audit-log verify` prints of findings. */
  public async reported(): Promise<string[]> {
    const { stdout } = await this.services.verify(this.principals.verification, '--json');
    return (JSON.parse(stdout) as Verification).findings.map(textOf).sort();
  }

  /** Findings that the attacks so far brought about and that mending does not undo. */
  public get scars(): string[] {
    return [...this.known].sort();
  }

  /** What the bucket's owner sees of all versions in it. */
  public async versions() {
    const { Versions = [] } = await this.owner.send(new ListObjectVersionsCommand({ Bucket: this.bucket.name }));
    return Promise.all(
      Versions.map(async ({ Key, VersionId }) => {
        const object = { Bucket: this.bucket.name, Key, VersionId };
        const { Retention } = await this.owner.send(new GetObjectRetentionCommand(object));
        return { mode: Retention?.Mode, until: Retention?.RetainUntilDate?.getTime() ?? 0 };
      }),
    );
  }

  /** Attacks, verifies if the server let it, and mends. */
  public async attack(by: Attacker, on: VictimKind, run: (scene: Scene) => Promise<unknown>): Promise<Aftermath> {
    const victim = await this.victim(on);
    const { Key, VersionId } = victim;
    const before = await this.lockOf(Key, VersionId);
    if (by === 'owner, unbound') await this.unbind();
    let harmed: unknown;
    const scene: Scene = {
      s3: this.principals[by === 'owner, unbound' ? 'owner' : by].s3,
      Bucket: this.bucket.name,
      victim,
      other: by === 'seal' ? await this.keyOf('root entries') : this.segments[0]!,
      append: () => this.append(),
      processLifecycles: () => this.account.processLifecycles(),
    };
    const attempt = run(scene).then((key) => {
      harmed = typeof key === 'string' ? key : Key;
    });
    let refused: string | undefined;
    try {
      refused = await refusal(attempt);
    } finally {
      if (refused === undefined || by === 'owner, unbound') await this.restoreBucket();
    }
    if (refused !== undefined) return { outcome: `refused: ${refused}`, elsewhere: [] };
    const found = (await this.verify()).findings.filter((finding) => !this.known.has(textOf(finding)));
    const isAsBefore = (await this.shown(Key)) === VersionId && (await this.lockOf(Key, VersionId)) >= before;
    await this.mend(victim, on);
    const codes = [...new Set(found.filter(({ object }) => object === harmed).map(({ code }) => code))].sort();
    const elsewhere = found.filter(({ object }) => object !== harmed).map(textOf);
    if (codes.length > 0) return { outcome: `found: ${codes.join(', ')}`, elsewhere };
    return { outcome: isAsBefore ? 'harmless' : 'not found', elsewhere };
  }

  public async close(): Promise<void> {
    await this.services.remove();
    await this.account.close();
  }

  private get owner() {
    return this.principals.owner.s3;
  }

  /** The statements of the synthesized policy that the server understands, and what IAM allows to the owner: the server knows no policies of identities. */
  private bind(): Promise<void> {
    const understood = this.bucket.statements.filter(
      (statement) => statement.Effect === 'Allow' || APPLICABLE.includes(STATEMENTS[nameOf(statement)]!.verdict),
    );
    return this.applyPolicy(understood);
  }

  private unbind(): Promise<void> {
    return this.applyPolicy(this.bucket.statements.filter(({ Effect }) => Effect === 'Allow'));
  }

  private applyPolicy(statements: readonly Statement[]): Promise<void> {
    const arn = `arn:aws:s3:::${this.bucket.name}`;
    const administrator = { AWS: this.principals.owner.arn };
    const everything = {
      Effect: 'Allow',
      Principal: administrator,
      Action: 's3:*',
      Resource: [arn, `${arn}/*`],
    } as const;
    return this.bucket.applyPolicy(this.owner, this.account.translate([...statements, everything]));
  }

  private async restoreBucket(): Promise<void> {
    const Bucket = this.bucket.name;
    const { lockConfiguration: ObjectLockConfiguration } = this.bucket;
    await this.owner.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
    await this.owner.send(new DeleteBucketLifecycleCommand({ Bucket }));
    await this.bind();
  }

  /** Lets the victim's key show its bytes again, locked by the bucket's rule; what happened to it stays visible, and is known from now on. */
  private async mend({ Key, VersionId, bytes }: Scene['victim'], on: VictimKind): Promise<void> {
    if ((await this.shown(Key)) !== VersionId) {
      const { s3 } = this.principals[on === 'segment' || on === 'endorsement' ? 'ingest' : 'seal'];
      await s3.send(new PutObjectCommand({ Bucket: this.bucket.name, Key, Body: bytes }));
    }
    this.known = new Set((await this.verify()).findings.map(textOf));
  }

  private async victim(on: VictimKind): Promise<Scene['victim']> {
    const Key = await this.keyOf(on);
    const object = await this.owner.send(new GetObjectCommand({ Bucket: this.bucket.name, Key }));
    const bytes = Buffer.from((await object.Body?.transformToByteArray()) ?? []);
    return { Key, VersionId: object.VersionId ?? '', bytes };
  }

  /** Not the first and not the last of its kind. */
  private async keyOf(on: VictimKind): Promise<string> {
    if (on === 'segment') return this.segments[EVENTS_A_ROUND]!;
    if (on === 'endorsement') return this.endorsement;
    const [, , key] = await this.keys(on === 'checkpoint' ? 'root/checkpoints/' : 'root/0');
    return key!;
  }

  private async keys(folder: string): Promise<string[]> {
    const Prefix = `${this.log.prefix}${folder}`;
    const { Contents = [] } = await this.owner.send(new ListObjectsV2Command({ Bucket: this.bucket.name, Prefix }));
    return Contents.map(({ Key = '' }) => Key);
  }

  /** As `audit-log verify` does, without the time that a process takes to start. */
  private async verify(): Promise<Verification> {
    const store = await openReader(this.services.store);
    return verifyLog({ store, log: this.log, key: this.services.logVkey, now: Date.now() });
  }

  private async untilSealed(): Promise<void> {
    const end = Date.now() + SEALED_WITHIN_MS;
    while (Date.now() < end) {
      // Before the first round there is no genesis, and so nothing is pending.
      const { summary } = await this.verify();
      if (summary.rootSize > 0 && summary.pending.entries === 0) return;
      await sleep(100);
    }
    throw new Error('the sealer did not seal');
  }

  /** The version that a key shows, if it shows one. */
  private async shown(Key: string): Promise<string | undefined> {
    const request = this.owner.send(new HeadObjectCommand({ Bucket: this.bucket.name, Key }));
    return (await request.catch(() => undefined))?.VersionId;
  }

  private async lockOf(Key: string, VersionId: string): Promise<number> {
    const command = new GetObjectRetentionCommand({ Bucket: this.bucket.name, Key, VersionId });
    const { Retention } = await this.owner.send(command);
    return Retention?.Mode === 'COMPLIANCE' ? (Retention.RetainUntilDate?.getTime() ?? 0) : 0;
  }
}

function textOf({ code, object, detail }: Finding): string {
  return `${code}: ${object}: ${detail}`;
}
