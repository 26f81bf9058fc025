import type { Log } from './ports';

/** Writes one JSON object a line to stderr, where every platform collects it. */
export const logToStderr: Log = (level, event, fields = {}) => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
};
