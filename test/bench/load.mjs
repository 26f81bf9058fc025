import { Agent, request } from 'node:http';

/**
 * Sends the same request over and over for a while and counts the answers with status 200.
 *
 * @returns requests a second, and the median and 99th percentile of their times in milliseconds
 */
export async function load({ socketPath, body, contentType, connections, seconds }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const headers = { 'content-type': contentType, 'content-length': body.length };
  const times = [];
  const started = performance.now();
  const until = started + seconds * 1000;
  const worker = async () => {
    while (performance.now() < until) {
      const begin = performance.now();
      const status = await post({ agent, socketPath, headers, body });
      if (status !== 200) throw new Error(`status ${status}`);
      times.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const elapsed = performance.now() - started;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor((times.length - 1) * share)];
  return { perSecond: (times.length / elapsed) * 1000, p50: at(0.5), p99: at(0.99) };
}

function post({ agent, socketPath, headers, body }) {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { agent, socketPath, headers, method: 'POST', path: '/v1/events', setHost: true },
      (incoming) => {
        incoming.resume();
        incoming.on('end', () => resolve(incoming.statusCode));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
