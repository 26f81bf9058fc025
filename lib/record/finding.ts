/** What a finding code means and what to do. Codes and exit behaviour are part of format 1 (RECORD "Findings"). */
export const FINDINGS = {
  damaged:
    'Bytes were changed, cut or broken. Restore nothing: keep the object as evidence and look who could write it.',
  missing: 'A part of the log that was sealed or receipted is gone. Look for it under other names and in replicas.',
  forked: 'Two signed histories exist. Whoever held the key signed both: treat the key as stolen and keep both.',
  unendorsed: 'The admission key never let this shard in. Treat its entries as forged until explained.',
  foreign: 'An object lies where the log keeps its own. Find out who put it there; acknowledge it once explained.',
  late: 'Entries were added to a shard behind its sealed end. They are signed, but their time is not proved.',
  backdated: 'Entries claim an hour that was long over when the root first saw them. Do not trust their time.',
  'time-mismatch':
    'The store says another time than the entry. Look at the clock of the node and at who wrote the object.',
  unsealed: 'Older than the seal delay and not in the root log. Start the sealer, or find out who stopped it.',
  withheld: 'A client holds a receipt for entries that are not there. Ask who could remove or hold them back.',
  unlocked: 'The object is not locked, or not for as long as the log promises. Repair the lock now.',
  hidden: 'The object is behind a delete marker or absent before its time. Remove the marker and look who placed it.',
  lag: 'The replica has not yet got the tail of the log. Verify again later, or verify the source.',
} as const;

/** One of the codes of `FINDINGS`. */
export type FindingCode = keyof typeof FINDINGS;

/** Something in the log that is not as it must be. */
export interface Finding {
  readonly code: FindingCode;
  /** Key of the object, or the receipt, that it is about. */
  readonly object: string;
  /** What is wrong, and where in the object. */
  readonly detail: string;
}
