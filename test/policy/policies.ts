import fc from 'fast-check';

/** A good document; each test changes what it is about. */
export const good = {
  version: 1,
  name: 'acme-audit',
  retention: { mode: 'compliance', years: 7, irreversible: 'acme-audit' },
  writers: {
    allow: ['203.0.113.0/24'],
    authenticate: { mutualTls: {} },
    rateLimit: { requests: 6000, perSeconds: 60 },
  },
  readers: {
    allow: ['198.51.100.0/24'],
    authenticate: {
      jwt: { issuer: 'https://idp.example.com', jwksUrl: 'https://idp.example.com/jwks', audience: 'audit' },
    },
    rateLimit: { requests: 600, perSeconds: 60 },
  },
  regions: [
    { name: 'eu-central-1', jurisdiction: 'EU' },
    { name: 'eu-west-1', jurisdiction: 'EU' },
  ],
  traffic: { writes: 'latency', reads: 'latency' },
};

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,62}$/);

const retention = (irreversible: string) => {
  const period = fc.oneof(
    fc.record({ years: fc.integer({ min: 1, max: 99 }) }),
    fc.record({ days: fc.integer({ min: 1, max: 36_500 }) }),
  );
  return fc.oneof(
    period.map((each) => ({ mode: 'compliance', ...each, irreversible })),
    period.map((each) => ({ mode: 'governance', ...each })),
    period.map((each) => ({ mode: 'governance', ...each, disposable: true })),
    fc.constant({ presets: ['dev'] }),
    fc.constantFrom(['sec-17a-4'], ['dev', 'sec-17a-4']).map((presets) => ({ presets, irreversible })),
  );
};

/** In their canonical text. */
const network = fc.oneof(
  fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `${a}.${b}.0.0/16`),
  fc.integer({ min: 1, max: 0xffff }).map((a) => `2001:db8:${a.toString(16)}::/48`),
);

const url = fc.webPath().map((path) => `https://idp.example.com${/^[\w/.-]*$/.test(path) ? path : ''}`);

const access = fc.record({
  allow: fc.oneof(fc.constant('internet'), fc.uniqueArray(network, { minLength: 1, maxLength: 6 })),
  authenticate: fc.oneof(
    fc.constant({ none: {} }),
    fc.constant({ mutualTls: {} }),
    fc.record({ jwt: fc.record({ issuer: url, jwksUrl: url, audience: fc.stringMatching(/^[!-~]{1,256}$/) }) }),
  ),
  rateLimit: fc.record({
    requests: fc.integer({ min: 10, max: 1_000_000 }),
    perSeconds: fc.constantFrom(60, 120, 300, 600),
  }),
});

const regions = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/),
    jurisdiction: fc.constantFrom('EU', 'US', 'APAC'),
  }),
  { minLength: 1, maxLength: 6, selector: (region) => region.name },
);

const countries: Record<string, string[]> = { EU: ['DE', 'FR'], US: ['US'], APAC: ['JP', 'AU', 'SG'] };

const routing = (list: readonly { jurisdiction: string }[]) => {
  const residency = Object.fromEntries(list.map(({ jurisdiction }) => [jurisdiction, countries[jurisdiction]]));
  const words = list.length > 1 ? ['latency', 'failover'] : ['latency'];
  return fc.constantFrom<unknown>(...words, { jurisdiction: residency });
};

/** Every kind of good document. */
export const documents = fc.tuple(name, regions).chain(([log, list]) =>
  fc.record({
    version: fc.constant(1),
    name: fc.constant(log),
    retention: retention(log),
    writers: access,
    readers: access,
    regions: fc.constant(list),
    traffic: fc.record({ writes: routing(list), reads: routing(list) }),
  }),
);
