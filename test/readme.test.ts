import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLI, RunningLog } from './cli/running-log';

const ROOT = join(__dirname, '..');

/** The README's blocks of shell commands, as they are printed there. */
function shellBlocks(): string[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  return [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block as string);
}

let log: RunningLog;

/** A folder like a checkout with the log running in it; `npx audit-log` is our command line. */
beforeAll(async () => {
  log = await RunningLog.start();
  symlinkSync(join(ROOT, 'examples'), join(log.folder, 'examples'));
  symlinkSync(join(ROOT, '.git'), join(log.folder, '.git'));
  mkdirSync(join(log.folder, 'bin'));
  writeFileSync(join(log.folder, 'bin', 'npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${CLI}" "$@"\n`, {
    mode: 0o755,
  });
}, 60_000);

afterAll(() => log.remove());

function shell(script: string): Promise<{ code: number; output: string }> {
  const env = { ...process.env, PATH: `${join(log.folder, 'bin')}:${process.env.PATH}`, AUDIT_LOG_URL: log.url };
  const commands = script.replaceAll('https://localhost:8443', log.url);
  return new Promise((resolve) => {
    execFile('bash', ['-euo', 'pipefail', '-c', commands], { cwd: log.folder, env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

test('it has the blocks that this test runs', () => {
  expect(shellBlocks()).toHaveLength(3);
});

test.each(shellBlocks().map((block) => [block.split('\n')[0] as string, block]))(
  'its commands run as printed: %s',
  async (_, block) => {
    const { code, output } = await shell(block);
    expect({ code, output }).toMatchObject({ code: 0 });
  },
  60_000,
);

test('its list of what every folder may import is about folders that exist', () => {
  const names = [...readFileSync(join(ROOT, 'lib', 'README.md'), 'utf8').matchAll(/^\| \[(\w+)\]/gm)].map(
    ([, name]) => name,
  );
  expect(names).toEqual(['policy', 'record', 'services', 'aws', 'google']);
  for (const name of names) {
    expect(readFileSync(join(ROOT, 'lib', name as string, 'README.md'), 'utf8')).toMatch(/\bimports?\b/i);
  }
});

test('every folder of lib and of its services says what belongs there', () => {
  const folders = ['lib', 'lib/services'].flatMap((parent) =>
    readdirSync(join(ROOT, parent), { withFileTypes: true })
      .filter((each) => each.isDirectory())
      .map(({ name }) => join(parent, name)),
  );
  expect(folders.length).toBeGreaterThan(10);
  expect(folders.filter((folder) => !existsSync(join(ROOT, folder, 'README.md')))).toEqual([]);
});

describe.each([
  ['aws', 2],
  ['google', 3],
])('the table of constructs says of %s', (cloud, column) => {
  const table = readFileSync(join(ROOT, 'lib', 'README.md'), 'utf8').split('## Constructs')[1] ?? '';
  const rows = table.split('\n').filter((line) => /^\| [a-z]/.test(line));
  const cells = rows.slice(1).map((row) => (row.split('|')[column] ?? '').trim());
  const named = cells.filter((cell) => !cell.startsWith('–')).flatMap((cell) => cell.match(/(?<=`)\w+(?=`)/g) ?? []);
  const folder = join(ROOT, 'lib', cloud);
  const index = readFileSync(join(folder, 'index.ts'), 'utf8');
  const exported = [...index.matchAll(/'(\.\/[\w-]+)'/g)].map(([, file]) =>
    readFileSync(join(folder, `${file}.ts`), 'utf8'),
  );

  test('only what it has', () => {
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !exported.some((text) => text.includes(`export class ${name} `)))).toEqual([]);
  });

  test('every construct', () => {
    const classes = exported.flatMap((text) => [...text.matchAll(/export class (\w+) extends (Construct|Stack) /g)]);
    const missing = classes.map(([, name]) => name as string).filter((name) => !named.includes(name));
    expect(missing).toEqual([]);
  });
});

test('its table of templates has every policy of the examples', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const listed = [...readme.matchAll(/^\| \[([\w-]+\.json)\]\(examples\/policies\//gm)].map(
    ([, name]) => name as string,
  );
  expect(listed.toSorted()).toEqual(readdirSync(join(ROOT, 'examples', 'policies')).toSorted());
});

test('every link leads to a file that is there, and to a heading of it', () => {
  const links = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/\]\((?!http)([^)#]*)(?:#([^)]+))?\)/g)];
  expect(links.length).toBeGreaterThan(0);
  for (const [, file = '', anchor] of links) {
    expect(existsSync(join(ROOT, file))).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(file || 'README.md')).toContain(anchor);
  }
});

/** By which the headings of a document are linked to. */
function anchorsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading.toLowerCase());
  return headings.map((heading) => heading.replaceAll(/[^\w -]/g, '').replaceAll(' ', '-'));
}
