import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractFields } from '../lib/record';

const EXAMPLES = join(__dirname, '..', 'examples');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'examples-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(script: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const options = { encoding: 'utf8', env: { ...process.env, TZ: 'UTC', ...env }, maxBuffer: 1 << 28 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(EXAMPLES, script), ...args], options);
  const lines = stdout.split('\n').slice(0, -1);
  return { status, stderr, lines, events: lines.map((line) => JSON.parse(line)) };
}

describe('git-history', () => {
  function git(...args: string[]): void {
    const identity = {
      GIT_AUTHOR_NAME: 'Ann "the\tDev" O\'Neil',
      GIT_AUTHOR_EMAIL: 'ann@example.com',
      GIT_COMMITTER_NAME: 'Bó 😀',
      GIT_COMMITTER_EMAIL: 'bo@example.com',
      GIT_AUTHOR_DATE: '2026-10-16T23:04:01+02:00',
      GIT_COMMITTER_DATE: '2026-10-17T01:00:00+02:00',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
    };
    execFileSync('git', ['-c', 'init.defaultBranch=main', ...args], {
      cwd: folder,
      env: { ...process.env, ...identity },
      stdio: 'pipe',
    });
  }
  function commit(message: string): void {
    git('commit', '-q', '--allow-empty', '--cleanup=verbatim', '-m', message);
  }

  it('gives a commit with all its fields', () => {
    git('init', '-q');
    commit('feat: a "quoted" \\ subject, `$(id)` %s\n\nbody');
    const [event] = run('git-history.mjs', [folder]).events;
    expect(event).toEqual({
      time: '2026-10-16T23:00:00.000Z',
      action: 'git.commit',
      actor: { id: 'ann@example.com', name: 'Ann "the\tDev" O\'Neil' },
      target: { id: expect.stringMatching(/^[0-9a-f]{40}$/), type: 'commit' },
      outcome: 'success',
      subject: 'feat: a "quoted" \\ subject, `$(id)` %s',
      parents: [],
      committer: { id: 'bo@example.com', name: 'Bó 😀' },
    });
  });

  it('gives them oldest first, with their parents', () => {
    git('init', '-q');
    commit('one');
    commit('two');
    const { events, status } = run('git-history.mjs', [folder]);
    expect(events.map(({ subject }) => subject)).toEqual(['one', 'two']);
    expect(events[1].parents).toEqual([events[0].target.id]);
    expect(status).toBe(0);
  });

  it('tells a merge', () => {
    git('init', '-q');
    commit('one');
    git('checkout', '-q', '-b', 'side');
    commit('two');
    git('checkout', '-q', 'main');
    commit('three');
    git('merge', '-q', '--no-ff', '-m', 'four', 'side');
    const { events } = run('git-history.mjs', [folder]);
    expect(events.filter(({ action }) => action === 'git.merge').map(({ subject }) => subject)).toEqual(['four']);
  });

  it('gives an empty subject as it is', () => {
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '--allow-empty-message', '-m', '');
    commit('two');
    expect(run('git-history.mjs', [folder]).events.map(({ subject }) => subject)).toEqual(['', 'two']);
  });

  it('reads the current folder by default', () => {
    git('init', '-q');
    commit('one');
    const stdout = execFileSync(process.execPath, [join(EXAMPLES, 'git-history.mjs')], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toMatchObject({ subject: 'one' });
  });

  it.each([
    ['is no repository', () => folder],
    ['does not exist', () => join(folder, 'none')],
  ])('fails where the folder %s', (_, path) => {
    const { status, lines, stderr } = run('git-history.mjs', [path()], { GIT_CEILING_DIRECTORIES: tmpdir() });
    expect([status === 0, lines, stderr === '']).toEqual([false, [], false]);
  });
});

describe('dpkg-log', () => {
  function log(text: string, env?: NodeJS.ProcessEnv) {
    const path = join(folder, 'dpkg.log');
    writeFileSync(path, text);
    return run('dpkg-log.mjs', [path], env);
  }
  const actor = { id: 'dpkg', type: 'program' };

  it.each([
    [
      'install foo:amd64 <none> 1.2-3',
      {
        action: 'package.install',
        target: { id: 'foo:amd64', type: 'package' },
        outcome: 'started',
        installed: null,
        available: '1.2-3',
      },
    ],
    [
      'upgrade libc6:amd64 2.36-9+deb12u10 1:2.36-9+deb12u13',
      {
        action: 'package.upgrade',
        target: { id: 'libc6:amd64', type: 'package' },
        outcome: 'started',
        installed: '2.36-9+deb12u10',
        available: '1:2.36-9+deb12u13',
      },
    ],
    [
      'remove foo:all 1.0 <none>',
      {
        action: 'package.remove',
        target: { id: 'foo:all', type: 'package' },
        outcome: 'started',
        installed: '1.0',
        available: null,
      },
    ],
    [
      'status half-configured foo:amd64 1.0',
      {
        action: 'package.status',
        target: { id: 'foo:amd64', type: 'package' },
        outcome: 'half-configured',
        version: '1.0',
      },
    ],
    [
      'conffile /etc/foo.conf keep',
      { action: 'package.conffile', target: { id: '/etc/foo.conf', type: 'file' }, outcome: 'keep' },
    ],
    [
      'startup archives unpack',
      { action: 'dpkg.startup', target: { id: 'archives', type: 'frontend' }, outcome: 'started', command: 'unpack' },
    ],
    ['something "else" \\ here', { action: 'dpkg.something', outcome: 'unknown', line: '"else" \\ here' }],
  ])('reads: %s', (line, event) => {
    expect(log(`2026-10-16 23:04:01 ${line}\n`).events).toEqual([
      { time: '2026-10-16T23:04:01.000Z', actor, ...event },
    ]);
  });

  it('takes times as those of the zone', () => {
    const [event] = log('2026-10-16 23:04:01 install a <none> 1\n', { TZ: 'Europe/Berlin' }).events;
    expect(event.time).toBe('2026-10-16T21:04:01.000Z');
  });

  it('gives events that can be searched', () => {
    const [line] = log('2026-10-16 23:04:01 install foo:amd64 <none> 1.2-3\n').lines;
    expect(extractFields(line as string)).toEqual({
      actor: 'dpkg',
      action: 'package.install',
      target: 'foo:amd64',
      outcome: 'started',
    });
  });

  it('passes over what is no line of dpkg, and says where', () => {
    const { events, stderr, status } = log(
      'words\n\n2026-13-40 23:04:01 install a <none> 1\n2026-10-16 23:04:01 purge a 1 <none>',
    );
    expect(events.map(({ action }) => action)).toEqual(['package.purge']);
    expect(stderr.match(/^line \d+/gm)).toEqual(['line 1', 'line 3']);
    expect(status).toBe(0);
  });

  it('reads 50,000 lines in order', () => {
    const { events } = log(
      Array.from({ length: 50_000 }, (_, i) => `2026-10-16 23:04:01 install p${i} <none> 1\n`).join(''),
    );
    expect(events.map(({ target }) => target.id)).toEqual(Array.from({ length: 50_000 }, (_, i) => `p${i}`));
  });

  it('fails for a file that is not there', () => {
    const { status, stderr } = run('dpkg-log.mjs', [join(folder, 'none')]);
    expect([status, stderr]).toEqual([1, expect.stringContaining('ENOENT')]);
  });

  it('says its usage without a file', () => {
    expect(run('dpkg-log.mjs', [])).toMatchObject({ status: 2, stderr: 'usage: node dpkg-log.mjs <file>\n' });
  });
});
