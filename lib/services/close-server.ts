import type { Server } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';

const IDLE_SWEEP_MS = 50;

/** More connections than may wait for a server: the default of `backlog` in Node's `net.Server.listen`. Those that come later are not waited for. */
const MOST_WAITING = 512;

/** The turn that is going on may be past the moment at which Node takes connections. */
const QUIET_TURNS = 2;

/**
 * Closes a server in good order: takes the connections that wait, then no more, lets running requests finish, and cuts off those that have not
 * after `deadlineMs`.
 *
 * Node takes one connection in each turn of its loop, and closing resets those that still wait: clients that connected while the server was up.
 */
export async function closeServer(server: Server, deadlineMs: number): Promise<void> {
  const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
  await takeWaiting(server);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A kept-alive connection counts as open until it is idle and closed.
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(deadline);
}

async function takeWaiting(server: Server): Promise<void> {
  let quiet = 0;
  const onConnection = (): void => {
    quiet = 0;
  };
  server.on('connection', onConnection);
  for (let turns = 0; turns < MOST_WAITING && quiet < QUIET_TURNS; turns++) {
    quiet++;
    await turn();
  }
  server.off('connection', onConnection);
}
