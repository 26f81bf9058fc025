import { S3Client } from '@aws-sdk/client-s3';
import { Attempts, MATRIX } from '../s3-server/matrix';
import { CEPH, type Differences, MOTO } from './known-differences';
import { type RealServer, startCeph, startMoto } from './real-server';

jest.setTimeout(180_000);

const SERVERS: readonly [string, () => Promise<RealServer>, Differences][] = [
  ['moto', startMoto, MOTO],
  ['Ceph', startCeph, CEPH],
];

describe.each(SERVERS)('%s', (_, start, differences) => {
  let server: RealServer;
  let attempts: Attempts;

  beforeAll(async () => {
    server = await start();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const place = { endpoint: server.endpoint, region: 'us-east-1', forcePathStyle: true, credentials };
    attempts = await Attempts.begin(new S3Client({ ...place, maxAttempts: 1 }), 'matrix');
  });
  afterAll(() => server?.stop());

  test.each(MATRIX.map((row) => [row.name, row] as const))('%s', async (name, row) => {
    expect(await row.run(attempts)).toBe(differences[name] ?? row.wanted);
  });

  it('differs in nothing that the matrix does not have', () => {
    expect(MATRIX.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(differences)));
  });
});
