import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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

test('every link to a file leads somewhere', () => {
  const links = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/\]\(([^)#]+)\)/g)].map(
    ([, link]) => link as string,
  );
  expect(links.length).toBeGreaterThan(0);
  for (const link of links.filter((each) => !each.startsWith('http'))) {
    expect(() => readFileSync(join(ROOT, link))).not.toThrow(/ENOENT/);
  }
});
