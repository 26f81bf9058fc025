/** What a stored event can be searched by. A field that the event does not have, or that is not text or a number, is `undefined`. */
export interface SearchFields {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  readonly outcome?: string | undefined;
}

/**
 * Extracts what an event can be searched by: `actor` = actor.id ?? actor; `target` = target.id ?? target ?? targets[0].id; `action`; `outcome`.
 * Of duplicate keys the last one counts. Events that are no objects have no fields.
 *
 * @param json the producer's JSON value
 */
export function extractFields(json: string): SearchFields {
  let event: Record<string, unknown>;
  try {
    event = members(JSON.parse(json));
  } catch {
    return {};
  }
  const targets = event.targets;
  return {
    actor: text(members(event.actor).id) ?? text(event.actor),
    action: text(event.action),
    target:
      text(members(event.target).id) ??
      text(event.target) ??
      text(members(Array.isArray(targets) ? targets[0] : undefined).id),
    outcome: text(event.outcome),
  };
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}
