import { endToEnd } from '../../conformance/end-to-end';
import type { CreatorsOnly } from '../../gcs-server/bucket';
import { GcsError } from '../../gcs-server/gcs-error';
import { GcsFixture } from '../../gcs-server/gcs-fixture';

for (const creatorsOnly of ['condition-first', 'permission-first'] satisfies CreatorsOnly[]) {
  endToEnd(`Cloud Storage whose writers may only create, ${creatorsOnly}`, async () => {
    const { url, server, bucket } = await GcsFixture.start();
    bucket.creatorsOnly = creatorsOnly;
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
}
