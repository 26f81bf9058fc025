/** A member that occurs twice in one JSON object. */
export interface DuplicateMember {
  /** The names and indexes that lead to the object, from the document's root. */
  readonly path: readonly (string | number)[];
  readonly name: string;
}

/** A string with the colon that makes it a name, or a bracket or comma outside of strings. */
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")[ \t\r\n]*(:)?|[{}[\],]/g;

interface Level {
  /** Names seen; `undefined` in an array. */
  readonly names: Set<string> | undefined;
  step: string | number;
}

/**
 * Finds members that occur twice in one object: `JSON.parse` keeps the last silently, other readers the first, and a reviewer sees
 * either. Names are compared as they read, so `"a"` and `"\u0061"` are one. Returns at most 100. One pass, no recursion.
 *
 * @param json valid JSON: what `JSON.parse` took
 */
export function findDuplicateMembers(json: string): DuplicateMember[] {
  const found: DuplicateMember[] = [];
  const levels: Level[] = [];
  for (const [token, text, colon] of json.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === '{') levels.push({ names: new Set(), step: '' });
    else if (token === '[') levels.push({ names: undefined, step: 0 });
    else if (token === '}' || token === ']') levels.pop();
    else if (token === ',') nextItem(level);
    else if (level?.names !== undefined && text !== undefined && colon !== undefined) {
      const name: string = JSON.parse(text);
      if (level.names.has(name) && found.length < 100) found.push({ path: pathTo(levels), name });
      level.names.add(name);
      level.step = name;
    }
  }
  return found;
}

function nextItem(level: Level | undefined): void {
  if (typeof level?.step === 'number') level.step += 1;
}

/** The steps from the root to the object in which the scanner stands; the first 16, as no document of ours is deeper. */
function pathTo(levels: readonly Level[]): (string | number)[] {
  return levels.slice(0, Math.min(16, levels.length - 1)).map((level) => level.step);
}
