const certificates = { bucket: 'acme-trust', key: 'writers/ca.pem', version: 'jrGz1.Z_4' };
const certificateArn = 'arn:aws:acm:eu-central-1:111122223333:certificate/11111111-2222-3333-4444-555555555555';

const secret = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:canary';

/** A maximal good document, for the policy of the design; each test changes what it is about. */
export const goodDeployment = {
  version: 1,
  domain: 'audit.example.com',
  breakGlassRoleArn: 'arn:aws:iam::111122223333:role/security/audit-break-glass',
  zone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com', account: '111122223333' },
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
    {
      name: 'eu-west-1',
      account: '444455556666',
      zone: { id: 'Z9876543210ABCDEFGHIJ', name: 'ireland-audit.example.com', account: '444455556666' },
      breakGlassRoleArn: 'arn:aws:iam::444455556666:role/audit-break-glass',
      ingest: {},
      query: {},
    },
  ],
  elsewhere: [
    {
      name: 'europe-west3',
      near: 'eu-central-1',
      ingest: { ipv4: '203.0.113.10', ipv6: '2001:db8::10' },
      query: { ipv4: '203.0.113.11' },
    },
  ],
  watch: {
    region: 'us-west-2',
    address: '192.0.2.10',
    allocationId: 'eipalloc-0123456789abcdef0',
    ingestSecretArn: `${secret}-ingest-a1B2c3`,
    querySecretArn: `${secret}/query-d4E5f6`,
  },
  organization: { id: 'o-a1b2c3d4e5', permissionsBoundary: 'platform/boundary', tags: { 'cost-centre': '4711' } },
};
