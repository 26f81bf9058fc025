#!/usr/bin/env node
// Prints a git history as events, one JSON object a line, oldest first.
//
//   node git-history.mjs [folder] | audit-log append -
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';

const FIELDS = ['%H', '%P', '%cI', '%an', '%ae', '%cn', '%ce', '%s'];

/** Splits text at NUL characters, however it is cut into chunks. */
async function* fields(chunks) {
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split('\0');
    rest = parts.pop();
    yield* parts;
  }
}

async function* events(chunks) {
  let commit = [];
  for await (const field of fields(chunks)) {
    commit.push(field);
    if (commit.length === FIELDS.length) {
      yield `${JSON.stringify(event(commit))}\n`;
      commit = [];
    }
  }
}

function event([hash, parents, time, author, authorEmail, committer, committerEmail, subject]) {
  return {
    time: new Date(time).toISOString(),
    action: parents.includes(' ') ? 'git.merge' : 'git.commit',
    actor: { id: authorEmail, name: author },
    target: { id: hash, type: 'commit' },
    outcome: 'success',
    subject,
    parents: parents.split(' ').filter(Boolean),
    committer: { id: committerEmail, name: committer },
  };
}

const [folder = '.'] = process.argv.slice(2);
const log = [
  'log',
  '--reverse',
  '--no-show-signature',
  '--encoding=UTF-8',
  `--format=tformat:${FIELDS.join('%x00')}`,
  '-z',
];
const git = spawn('git', log, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
git.on('error', ({ message }) => {
  console.error(`git does not run in ${folder}: ${message}`);
});
const closed = once(git, 'close').catch(() => [1]);
git.stdout.setEncoding('utf8');
await pipeline(git.stdout, events, process.stdout).catch((error) => {
  // Whoever reads has seen enough.
  if (error.code !== 'EPIPE') throw error;
});
const [code] = await closed;
process.exitCode = code ?? 0;
