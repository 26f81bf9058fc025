import type { ObjectLock, ObjectVersion } from '../ports';

/** One generation of an object, as a listing shows it: https://cloud.google.com/storage/docs/json_api/v1/objects#resource */
export interface Generation {
  readonly name: string;
  readonly generation: string;
  readonly timeCreated: string;
  /** When the name ceased to show it. */
  readonly timeDeleted?: string;
  /** The object's own: https://cloud.google.com/storage/docs/object-lock */
  readonly retention?: { readonly mode: 'Locked' | 'Unlocked'; readonly retainUntilTime: string };
  /** The later end of the object's own retention and the bucket's retention policy, whether they can be lifted or not. */
  readonly retentionExpirationTime?: string;
}

/** The fields of a listing that make it one of generations. */
export const GENERATION_FIELDS =
  'name,generation,timeCreated,timeDeleted,retention(mode,retainUntilTime),retentionExpirationTime';

/**
 * The versions that generations are. Google places no delete markers: behind each name that shows nothing any more, one is made up.
 *
 * @param generations those of one name follow one another, in any order
 * @param lockedPeriodMs how long nobody can keep the bucket from retaining each object, in milliseconds; `undefined` when its policy is not locked
 */
export async function* versionsOf(
  generations: AsyncIterable<Generation>,
  lockedPeriodMs: number | undefined,
): AsyncIterable<ObjectVersion> {
  for await (const sameName of byName(generations)) {
    for (const generation of sameName) {
      const lock = lockOf(generation, lockedPeriodMs);
      yield { ...versionOf(generation), isDeleteMarker: false, ...(lock && { lock }) };
    }
    const gone = sameName.map(({ timeDeleted }) => (timeDeleted === undefined ? Infinity : Date.parse(timeDeleted)));
    const modified = Math.max(...gone);
    const [first] = sameName;
    if (first !== undefined && Number.isFinite(modified)) {
      yield { ...versionOf(first), isDeleteMarker: true, isLatest: true, modified };
    }
  }
}

async function* byName(generations: AsyncIterable<Generation>): AsyncIterable<readonly Generation[]> {
  let sameName: Generation[] = [];
  for await (const generation of generations) {
    if (sameName.length > 0 && sameName[0]?.name !== generation.name) {
      yield sameName;
      sameName = [];
    }
    sameName.push(generation);
  }
  yield sameName;
}

function versionOf({ name, generation, timeCreated, timeDeleted }: Generation) {
  return {
    key: name,
    versionId: generation,
    isLatest: timeDeleted === undefined,
    modified: Date.parse(timeCreated),
  };
}

/** In compliance mode as far as nobody can lift it: what can be lifted may last longer, and counts only where nothing else does. */
function lockOf(generation: Generation, lockedPeriodMs: number | undefined): ObjectLock | undefined {
  const { timeCreated, retention, retentionExpirationTime } = generation;
  const firm = [
    ...(lockedPeriodMs === undefined ? [] : [Date.parse(timeCreated) + lockedPeriodMs]),
    ...(retention?.mode === 'Locked' ? [Date.parse(retention.retainUntilTime)] : []),
  ];
  if (firm.length > 0) return { mode: 'compliance', until: Math.max(...firm) };
  if (retentionExpirationTime === undefined) return undefined;
  return { mode: 'governance', until: Date.parse(retentionExpirationTime) };
}
