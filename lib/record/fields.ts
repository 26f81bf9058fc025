import { eachElement, endOfString, trimSpace } from './elements';

/** What a stored event can be searched by. A field that the event does not have, or that is not text or a number, is `undefined`. */
export interface SearchFields {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  readonly outcome?: string | undefined;
}

/** Member names; 0 is the first element of an array. */
type Path = readonly (string | 0)[];

/**
 * Extracts what an event can be searched by: `actor` = actor.id ?? actor; `target` = target.id ?? target ?? targets[0].id; `action`; `outcome`.
 * A number is found by the characters that the producer wrote: as a double, many 64-bit ids would be one. Of duplicate keys the last one
 * counts. Events that are no objects have no fields.
 *
 * @param json the producer's JSON value
 */
export function extractFields(json: string): SearchFields {
  let event: unknown;
  try {
    event = JSON.parse(json);
  } catch {
    return {};
  }
  const field = (...path: Path): string | undefined => {
    const value = path.reduce(child, event);
    return typeof value === 'string' ? value : typeof value === 'number' ? path.reduce(childText, json) : undefined;
  };
  return {
    actor: field('actor', 'id') ?? field('actor'),
    action: field('action'),
    target: field('target', 'id') ?? field('target') ?? field('targets', 0, 'id'),
    outcome: field('outcome'),
  };
}

/** Own members only: nothing comes from a prototype. */
function child(value: unknown, step: string | 0): unknown {
  const isContainer = typeof value === 'object' && value !== null && Array.isArray(value) === (step === 0);
  return isContainer && Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
}

/** The JSON text of what `child` gives, where that is known to be there. */
function childText(container: string, step: string | 0): string {
  let found: string | undefined;
  eachElement(trimSpace(container), (element) => {
    if (step === 0) {
      found ??= element;
      return;
    }
    const member = trimSpace(element);
    const end = endOfString(member, 0) + 1;
    if (JSON.parse(member.slice(0, end)) === step) {
      found = member.slice(member.indexOf(':', end) + 1);
    }
  });
  return trimSpace(found ?? '');
}
