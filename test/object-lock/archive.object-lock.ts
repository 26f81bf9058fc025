import { PutBucketPolicyCommand, PutObjectCommand, PutPublicAccessBlockCommand } from '@aws-sdk/client-s3';
import { send } from '../services/ingest/http-client';
import { AttackedLog, type PrincipalName } from './attacked-log';
import { ATTACKERS, ATTACKS, REFUSED } from './attacks';
import { rolledUpLines } from './closed-hour';
import { refusal } from './refusal';
import { judge, nameOf, ScratchBucket, STATEMENTS } from './statements';
import { MISREAD_BLOCKS } from './synthesized-bucket';

jest.setTimeout(120_000);

let log: AttackedLog;
let applied: Record<string, string>;

beforeAll(async () => {
  log = await AttackedLog.open();
  applied = await log.create();
  await log.fill();
}, 180_000);
afterAll(() => log?.close());

describe('of a synthesized bucket, the server', () => {
  it('takes these properties, and does not know the others', () => {
    expect(applied).toEqual({
      ObjectLockEnabled: 'applied',
      VersioningConfiguration: 'applied',
      ObjectLockConfiguration: 'applied',
      PublicAccessBlockConfiguration: 'applied',
      // Objects belong to who wrote them, who may read them again.
      OwnershipControls: 'refused: InvalidArgument',
      BucketEncryption: 'refused: InvalidArgument',
      LoggingConfiguration: 'refused: MethodNotAllowed',
      Tags: 'applied',
      // Newer than the server: by it S3 shows the tags to the policies of an organisation.
      AbacStatus: 'unknown',
    });
  });

  it.each(MISREAD_BLOCKS)('misreads %s', async (block) => {
    const { s3 } = log.principals.owner;
    const { name: Bucket } = await ScratchBucket.create(s3, `scratch-${block.toLowerCase()}`);
    const PublicAccessBlockConfiguration = { [block]: true };
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
    const [Principal, Resource] = [{ AWS: log.principals.query.arn }, `arn:aws:s3:::${Bucket}/*`];
    const Statement = [{ Effect: 'Allow', Principal, Action: 's3:GetObject', Resource }];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    const outcomes = {
      put: await refusal(s3.send(new PutObjectCommand({ Bucket, Key: 'private', Body: 'x' }))),
      policy: await refusal(s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))),
    };
    const misread = block === 'BlockPublicAcls' ? 'put' : 'policy';
    expect(outcomes).toEqual({ put: undefined, policy: undefined, [misread]: 'AccessDenied' });
  });
});

describe('of a synthesized bucket policy', () => {
  it('every statement that denies is in the table, and no other', () => {
    const denying = log.bucket.statements.filter(({ Effect }) => Effect === 'Deny');
    expect(denying.map(nameOf).sort()).toEqual(Object.keys(STATEMENTS).sort());
  });

  it.each(Object.entries(STATEMENTS).map(([name, { verdict }]) => [name, verdict]))(
    '%s is %s',
    async (name, verdict) => {
      const statement = log.bucket.statements.find((each) => nameOf(each) === name)!;
      expect(await judge(log.principals.owner.s3, statement)).toBe(verdict);
    },
  );
});

describe('a log whose services act as the roles of its archive', () => {
  it('is whole, and every version of it is reported as locked for seven years', async () => {
    const { code, stdout } = await log.services.verify(log.principals.verification);
    const versions = await log.versions();
    const until = new Date(Math.min(...versions.map((version) => version.until))).toISOString();
    expect(versions.map(({ mode }) => mode)).toEqual(versions.map(() => 'COMPLIANCE'));
    expect(stdout).toContain('The log is whole. ');
    expect(stdout).toContain(`${versions.length} versions locked until at least ${until}; `);
    expect(until > new Date(Date.now() + 2_556 * 86_400_000).toISOString()).toBe(true);
    expect(code).toBe(0);
  });

  it('is searched, and its events are proved, with the rights of the query role', async () => {
    const query = await log.services.startQuery(log.principals.query);
    const answer = await send(query.address, { method: 'GET', path: '/v1/events?action=object.lock&limit=1000' });
    const lines = String(answer.body).split('\n').slice(0, -1);
    expect(lines.map((line) => JSON.parse(line).event.n)).toEqual(lines.map((_, n) => n));
    expect(lines.length).toBe(log.appended);
    const { ended, written } = await log.services.prove(log.principals.query, `${lines[3]}\n`, 'entry.tlog-proof');
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/^entry 3 of shard /) });
    expect(written).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex 3\n/);
    expect(await query.stop()).toBe(0);
  });

  it.each<PrincipalName>(['ingest', 'seal', 'query', 'view', 'stranger'])(
    'is not verified with the rights of %s, and verify says that the store refused',
    async (name) => {
      const { code, stdout, stderr } = await log.services.verify(log.principals[name]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('AccessDenied');
    },
  );
});

describe.each(ATTACKS)('$name ($on)', ({ on, run, outcomes }) => {
  it.each(ATTACKERS.map((attacker) => [attacker, outcomes[attacker] ?? REFUSED] as const))(
    '%s: %s',
    async (attacker, outcome) => {
      expect(await log.attack(attacker, on, run)).toEqual({ outcome, elsewhere: [] });
    },
  );
});

it('what was refused left nothing behind, and audit-log verify reports what was not', async () => {
  expect(await log.reported()).toEqual(log.scars);
  expect(log.scars.length).toBeGreaterThan(0);
});

it('the view of an hour that is closed is made with the rights of the view role', async () => {
  const events = ['{"action":"object.lock","exact":1.10}', '{"action":"object.lock","text":"\\ud800"}'];
  const lines = await rolledUpLines(log, events);
  expect(lines.map((line) => line.slice(line.indexOf('"event":') + 8, -1))).toEqual(events);
});
