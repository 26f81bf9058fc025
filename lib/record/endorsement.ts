import { Malformed } from './malformed';
import { HOUR_MS, type LogName } from './names';
import { openSoleNote, parseNote, parseVkey, type VerifierKey } from './note';

const TYPE = 'immutable-audit-log/shard@v1';

/** How long after its hour a shard may still confirm writes, in milliseconds. */
export const COMMIT_GRACE_MS = 5 * 60_000;

/** The admission key's word that a shard's key may sign for the log. */
export interface Endorsement {
  /** The log's origin. */
  readonly origin: string;
  /** The shard's verifier key; its name is the shard's origin. */
  readonly shard: VerifierKey;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly notBefore: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly notAfter: number;
}

/** The text to sign, for a shard of the hour that begins at `hour`. */
export function formatEndorsement(log: LogName, shardVkey: string, hour: number, notBefore: number): string {
  const times = [Math.max(hour, notBefore), hour + HOUR_MS + COMMIT_GRACE_MS].map((t) => new Date(t).toISOString());
  return `${[TYPE, log.origin, shardVkey, ...times].join('\n')}\n`;
}

/**
 * Reads an endorsement without checking who signed it.
 *
 * @throws Malformed
 */
export function parseEndorsement(note: string): Endorsement {
  const [type, origin, vkey, notBefore, notAfter, end, ...more] = parseNote(note).text.split('\n');
  if (type !== TYPE || origin === undefined || vkey === undefined || end !== '' || more.length > 0) {
    throw new Malformed('not an endorsement of five lines');
  }
  const shard = parseVkey(vkey);
  return { origin, shard, notBefore: parseTime(notBefore), notAfter: parseTime(notAfter) };
}

/**
 * Reads the endorsement of one shard and checks all of it: signature, log, shard and hour.
 *
 * @throws Malformed
 */
export function openEndorsement(
  note: string,
  admission: VerifierKey,
  log: LogName,
  hour: number,
  shard: string,
): Endorsement {
  openSoleNote(note, admission);
  return parseEndorsementOf(note, log, hour, shard);
}

/**
 * Reads the endorsement of one shard and checks log, shard and hour, but not who signed it.
 *
 * @throws Malformed
 */
export function parseEndorsementOf(note: string, log: LogName, hour: number, shard: string): Endorsement {
  const endorsement = parseEndorsement(note);
  if (endorsement.origin !== log.origin || endorsement.shard.name !== log.shardOrigin(shard)) {
    throw new Malformed('an endorsement of another shard');
  }
  const end = hour + HOUR_MS;
  if (endorsement.notAfter !== end + COMMIT_GRACE_MS || endorsement.notBefore < hour || endorsement.notBefore >= end) {
    throw new Malformed('an endorsement for another hour');
  }
  return endorsement;
}

function parseTime(text: string | undefined): number {
  const time = Date.parse(text ?? '');
  if (Number.isNaN(time) || new Date(time).toISOString() !== text) {
    throw new Malformed('an endorsement with a broken time');
  }
  return time;
}
