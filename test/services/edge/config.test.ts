import { type EdgeConfig, fromEnv, toEnv } from '../../../lib/services/edge/config';

const MINIMAL = {
  AUDIT_DATA: '/data',
  AUDIT_POLICY: '/policy.json',
  AUDIT_INGEST_SOCKETS: '/a',
  AUDIT_QUERY_SOCKETS: '/q',
};

test('minimal settings and their defaults', () => {
  expect(fromEnv(MINIMAL)).toEqual({
    host: '127.0.0.1',
    port: 8443,
    dataFolder: '/data',
    policyFile: '/policy.json',
    ingestSockets: ['/a'],
    querySockets: ['/q'],
  });
});

test('maximal settings survive the environment', () => {
  const config: EdgeConfig = {
    host: '::1',
    port: 0,
    dataFolder: '/data',
    policyFile: '/policy.json',
    ingestSockets: ['/a', '/b'],
    querySockets: ['/q', '/r'],
    clientCaFile: '/ca.pem',
  };
  expect(fromEnv(toEnv(config))).toEqual(config);
});

test.each(Object.keys(MINIMAL))('%s must be set', (name) => {
  expect(() => fromEnv({ ...MINIMAL, [name]: undefined })).toThrow(
    expect.objectContaining({ code: 'setting-missing' }),
  );
  expect(() => fromEnv({ ...MINIMAL, [name]: '' })).toThrow(expect.objectContaining({ code: 'setting-missing' }));
});

test.each(['0', '65535'])('port %s is good', (port) => {
  expect(fromEnv({ ...MINIMAL, AUDIT_PORT: port }).port).toBe(Number(port));
});

test.each(['65536', '-1', '', 'https', '1e3', '80.5'])('port %j is refused', (port) => {
  expect(() => fromEnv({ ...MINIMAL, AUDIT_PORT: port })).toThrow(expect.objectContaining({ code: 'setting-invalid' }));
});

test('a socket path of 103 bytes is good', () => {
  const path = `/${'a'.repeat(102)}`;
  expect(fromEnv({ ...MINIMAL, AUDIT_QUERY_SOCKETS: path }).querySockets).toEqual([path]);
});

test.each([`/${'a'.repeat(103)}`, `/${'ä'.repeat(52)}`, '/a::/b', '/a:'])('the sockets %s are refused', (paths) => {
  const env = { ...MINIMAL, AUDIT_INGEST_SOCKETS: paths };
  expect(() => fromEnv(env)).toThrow(expect.objectContaining({ code: 'setting-invalid' }));
});
