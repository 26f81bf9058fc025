import { endToEnd } from '../../conformance/end-to-end';
import { GcsError } from '../../gcs-server/gcs-error';
import { GcsFixture } from '../../gcs-server/gcs-fixture';

endToEnd('Cloud Storage', async () => {
  const { url, server, bucket } = await GcsFixture.start();
  return {
    url,
    requests: server.requests,
    failWrite: (fault) =>
      server.fail(
        fault === 'busy' ? new GcsError(503, 'backendError') : fault,
        (request) => request.startsWith('POST') && request.includes('/entries/'),
      ),
    objects: () => bucket.sorted().length,
    close: () => server.close(),
  };
});
