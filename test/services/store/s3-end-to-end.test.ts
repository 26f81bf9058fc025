import { endToEnd } from '../../conformance/end-to-end';
import { S3Error } from '../../s3-server/s3-error';
import { S3Fixture } from '../../s3-server/s3-fixture';

endToEnd('S3', async () => {
  const { url, server, bucket } = await S3Fixture.start();
  return {
    url,
    requests: server.requests,
    failWrite: (fault) =>
      server.fail(
        fault === 'busy' ? new S3Error(503, 'SlowDown') : fault,
        ({ method, key }) => method === 'PUT' && key.includes('/entries/'),
      ),
    objects: () => [...bucket.versions()].length,
    close: () => server.close(),
  };
});
