const TIME = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(\.\d{1,3})?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/;

/**
 * Reads a time of RFC 3339 with at most three digits after the second, or a date, which means its midnight in UTC.
 *
 * @returns milliseconds since 1970-01-01 UTC, or `undefined` when there is no such time
 */
export function parseTime(text: string): number | undefined {
  const [, date, time = '00:00:00', fraction = '', zone = 'Z'] = TIME.exec(text) ?? [];
  if (date === undefined) return undefined;
  // JavaScript takes the 30th of February for the 1st of March, and 24:00 for the next day.
  const local = new Date(`${date}T${time}Z`);
  const exists = !Number.isNaN(local.getTime()) && local.toISOString() === `${date}T${time}.000Z`;
  return exists ? Date.parse(`${date}T${time}${fraction}${zone}`) : undefined;
}
