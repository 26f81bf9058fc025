#!/usr/bin/env node
// Prints a log of Debian's package manager as events, one JSON object a line. Its times have no zone: TZ says which one is meant.
//
//   node dpkg-log.mjs /var/log/dpkg.log | audit-log append -
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const LINE = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) (\S+) (.+)$/;
const ACTIONS = new Set(['install', 'upgrade', 'configure', 'trigproc', 'disappear', 'remove', 'purge']);
const ACTOR = { id: 'dpkg', type: 'program' };

/** The event of a line as dpkg(1) describes them, or undefined when it is none. */
function event(line) {
  const [, date, clock, word, rest] = LINE.exec(line) ?? [];
  const time = new Date(`${date}T${clock}`);
  if (rest === undefined || Number.isNaN(time.getTime())) {
    return undefined;
  }
  return { time: time.toISOString(), ...described(word, rest) };
}

function described(word, rest) {
  const [first, second, third] = rest.split(' ');
  if (ACTIONS.has(word)) {
    return { ...about(word, first, 'started'), installed: version(second), available: version(third) };
  }
  switch (word) {
    case 'status':
      return { ...about('status', second, first), version: version(third) };
    case 'conffile':
      return { action: 'package.conffile', actor: ACTOR, target: { id: first, type: 'file' }, outcome: second };
    case 'startup':
      return {
        action: 'dpkg.startup',
        actor: ACTOR,
        target: { id: first, type: 'frontend' },
        outcome: 'started',
        command: second,
      };
    default:
      return { action: `dpkg.${word}`, actor: ACTOR, outcome: 'unknown', line: rest };
  }
}

function about(word, name, outcome) {
  return { action: `package.${word}`, actor: ACTOR, target: { id: name, type: 'package' }, outcome };
}

function version(text) {
  return text === '<none>' ? null : text;
}

async function* events(lines) {
  let number = 0;
  for await (const line of lines) {
    number++;
    const found = event(line);
    if (found !== undefined) {
      yield `${JSON.stringify(found)}\n`;
    } else if (line !== '') {
      console.error(`line ${number} is not of dpkg, passed over: ${JSON.stringify(line.slice(0, 100))}`);
    }
  }
}

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error('usage: node dpkg-log.mjs <file>');
  process.exit(2);
}
const file = createReadStream(path);
try {
  await new Promise((resolve, reject) => file.once('open', resolve).once('error', reject));
  await pipeline(Readable.from(events(createInterface({ input: file, crlfDelay: Infinity }))), process.stdout);
} catch (error) {
  // Whoever reads may have seen enough.
  if (error.code !== 'EPIPE') {
    console.error(error.message);
    process.exitCode = 1;
  }
}
