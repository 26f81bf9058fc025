import { S3Client } from '@aws-sdk/client-s3';
import { Attempts, MATRIX } from './matrix';
import { S3Server } from './s3-server';

let server: S3Server;
let attempts: Attempts;

beforeAll(async () => {
  server = await S3Server.start();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const place = { endpoint: server.endpoint, region: 'us-east-1', forcePathStyle: true, credentials };
  attempts = await Attempts.begin(new S3Client({ ...place, maxAttempts: 1 }), 'matrix');
});
afterAll(() => server.close());

test.each(MATRIX.map((row) => [row.name, row.wanted, row] as const))('%s: %s', async (_, wanted, row) => {
  expect(await row.run(attempts)).toBe(wanted);
});
