#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { append } from './commands/append';
import { withConnection } from './commands/connection';
import { policyCheck } from './commands/policy-check';
import { policyDiff } from './commands/policy-diff';
import { prove } from './commands/prove';
import { query } from './commands/query';
import { up } from './commands/up';
import { verify } from './commands/verify';

/** Beside the bundle that this file is shipped in. */
const PACKAGE = join(__dirname, '..', '..', 'package.json');

/** Nothing could be said about the log: the command was used wrongly, or something that it needs is not there. */
const FAILED = 2;

/** Runs a command and makes its result the exit code. */
function exitWith<A extends unknown[]>(command: (...args: A) => Promise<number>): (...args: A) => Promise<void> {
  return async (...args) => {
    process.exitCode = await command(...args);
  };
}

const program = new Command('audit-log')
  .description('A tamper-evident, write-once audit log: run it here, append, search, prove and verify.')
  .version(JSON.parse(readFileSync(PACKAGE, 'utf8')).version)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : FAILED))
  .showHelpAfterError('(see audit-log <command> --help)');

program
  .command('up')
  .description('run a whole log on this machine until interrupted: edge, two ingest nodes, query node, sealer')
  .option('--policy <file>', 'policy document', undefined)
  .option('--port <number>', 'port of the edge on localhost', '8443')
  .option('--data <folder>', 'where the log, its keys and certificates are kept', '.audit-log')
  .option('--client-ca <file>', 'authorities that sign client certificates, for a policy with mutualTls')
  .addHelpText('after', example('audit-log up --policy policy.json --port 9443 --data /var/lib/audit-log'))
  .action(exitWith(up));

withConnection(program.command('append'))
  .description('send newline-delimited JSON, one event a line, and check the receipts')
  .argument('[file]', 'file of events, or - for standard input', '-')
  .option('--receipts <file>', 'keep the receipts: they show later if something was withheld')
  .addHelpText(
    'after',
    example(`echo '{"action":"user.login","actor":"ada"}' | audit-log append --receipts mine.ndjson`),
  )
  .action(exitWith(append));

withConnection(program.command('query'))
  .description('print the stored lines that meet all conditions, oldest first')
  .option('--from <time>', 'received at or after, such as 2026-01-31 or 2026-01-31T12:00:00.000Z')
  .option('--to <time>', 'received before')
  .option('--actor <name>', 'actor.id, or actor')
  .option('--action <name>', 'action')
  .option('--target <name>', 'target.id, target, or targets[0].id')
  .option('--outcome <name>', 'outcome')
  .option('--writer <name>', 'who sent it, as the edge verified')
  .option('--contains <text>', 'text within the stored line')
  .option('--limit <number>', 'print at most so many')
  .option('--events', 'print the events as they were sent, without the envelope')
  .addHelpText('after', example('audit-log query --action user.login --from 2026-01-31 --events'))
  .action(exitWith(query));

program
  .command('prove')
  .description('write two .tlog-proof files for a stored line: the entry in its shard, and the sealing in the root log')
  .argument('<store>', 'where the objects are, such as file:.audit-log/store')
  .argument('[file]', 'file with the stored line as query prints it, or - for standard input', '-')
  .option('--log <origin>', '<name>/<region>, where the store holds more than one log')
  .option('--out <folder>', 'where to write the files', '.')
  .addHelpText('after', example('audit-log query --limit 1 | audit-log prove file:.audit-log/store --out evidence'))
  .action(exitWith(prove));

program
  .command('verify')
  .description(
    'recompute the whole log from its objects: exit 0 if it is whole, 1 with findings, 2 if it cannot be told',
  )
  .argument('<store>', 'where the objects are, such as file:.audit-log/store')
  .requiredOption('--key <vkey>', "the log's public key as you saved it, or @file")
  .option('--receipts <file>', 'check also that everything these receipts promise is there')
  .option('--replica', 'the store holds a replica: what was sealed just now and is not there yet is lag, not damage')
  .option('--lag <time>', 'how long replication may take, such as 15m; with --replica, 1h if nothing is said')
  .option('--now <time>', 'judge what is pending as of this time')
  .option('--json', 'print one JSON object')
  .addHelpText('after', example('audit-log verify file:.audit-log/store --key @log.vkey --receipts mine.ndjson'))
  .action(exitWith(verify));

const policy = program.command('policy').description('work with policy documents');

policy
  .command('check')
  .description(
    'say a policy in plain words and what happens when a region fails, or list every problem of its document',
  )
  .argument('<file>', 'policy document')
  .addHelpText('after', example('audit-log policy check policy.json'))
  .action(exitWith(policyCheck));

policy
  .command('diff')
  .description('say what would change: exit 0 if nothing is refused, 1 if something would orphan or weaken data')
  .argument('<old>', 'policy document that is deployed')
  .argument('<new>', 'policy document to take its place')
  .option('--deployments <files...>', 'the deployment document of AWS that is deployed, and the one to take its place')
  .addHelpText(
    'after',
    example('audit-log policy diff deployed.json policy.json --deployments old.json deployment.json'),
  )
  .action(exitWith(policyDiff));

function example(line: string): string {
  return `\nExample:\n  $ ${line}`;
}

program.parseAsync().catch(({ name, message }: Error) => {
  // Stores give their errors names that say more than the message: AccessDenied, NoSuchBucket.
  const reason = /^(AuditLog)?Error$/.test(name) ? message : `${name}: ${message}`;
  process.stderr.write(`audit-log: ${reason}\n`);
  process.exitCode = FAILED;
});
