const certificates = { bucket: 'acme-trust', key: 'writers/ca.pem', version: 'jrGz1.Z_4' };
const certificateArn = 'arn:aws:acm:eu-central-1:111122223333:certificate/11111111-2222-3333-4444-555555555555';

/** A maximal good document, for the policy of the design; each test changes what it is about. */
export const goodDeployment = {
  version: 1,
  domain: 'audit.example.com',
  breakGlassRoleArn: 'arn:aws:iam::111122223333:role/security/audit-break-glass',
  zone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' },
  image: { repository: 'platform/audit-log', digest: `sha256:${'0a'.repeat(32)}` },
  regions: [
    {
      name: 'eu-central-1',
      account: '111122223333',
      ingest: {
        certificateArn,
        trust: { certificates, revocations: { ...certificates, key: 'writers/crl.pem' } },
        prefixLists: [{ id: 'pl-0123456789abcdef0', maxEntries: 20 }],
      },
      query: { certificateArn },
    },
    { name: 'eu-west-1', account: '444455556666', ingest: {}, query: {} },
  ],
};
