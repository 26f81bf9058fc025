import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EXAMPLES = join(__dirname, '../examples');
const names = readdirSync(EXAMPLES).filter((file) => /^google-.*\.ts$/.test(file));

type Resources = Record<string, Record<string, unknown>>;

/** Runs an example as `node` does, without a network: the text of all its stacks. */
function synthesize(name: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'example-'));
  process.env.CDKTF_OUTDIR = folder;
  try {
    jest.isolateModules(() => require(join(EXAMPLES, name)));
    const stacks = readdirSync(join(folder, 'stacks')).sort();
    return stacks.map((stack) => readFileSync(join(folder, 'stacks', stack, 'cdk.tf.json'), 'utf8'));
  } finally {
    delete process.env.CDKTF_OUTDIR;
    rmSync(folder, { recursive: true });
  }
}

test('there are three', () => {
  expect(names).toEqual(['google-existing.ts', 'google-minimal.ts', 'google-residency.ts']);
});

test.each(names)('%s has fewer than 60 lines', (name) => {
  expect(readFileSync(join(EXAMPLES, name), 'utf8').trimEnd().split('\n').length).toBeLessThan(60);
});

test.each(names)('%s synthesizes the same again', (name) => {
  expect(synthesize(name)).toEqual(synthesize(name));
});

test.each([
  ['google-minimal.ts', { google_compute_url_map: 2, google_cloudfunctions2_function: 2, google_storage_bucket: 3 }],
  [
    'google-residency.ts',
    { google_compute_region_url_map: 6, google_cloud_run_v2_service: 3, google_cloud_run_v2_job: 3 },
  ],
  ['google-existing.ts', { google_compute_url_map: 2, google_kms_crypto_key: 2, google_storage_bucket: 1 }],
])('%s makes what it says', (name, counts) => {
  const made = synthesize(name).map((text) => (JSON.parse(text) as { resource: Resources }).resource);
  const count = (type: string) => made.flatMap((resource) => Object.keys(resource[type] ?? {})).length;
  expect(Object.fromEntries(Object.keys(counts).map((type) => [type, count(type)]))).toEqual(counts);
});
