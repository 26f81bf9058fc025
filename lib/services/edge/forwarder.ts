import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { BackendNode, Pool } from './pool';
import type { Refusal } from './refusal';
import { responseHeaders } from './request-headers';
import { endAfterBody, expectsContinue, hasBody } from './respond';

/** One request, and what the edge has made of it. */
export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** What the node gets. */
  readonly headers: Record<string, string | string[]>;
}

/** Bounds of one request. */
export interface ForwardLimits {
  /** Largest body in bytes, as sent (compressed). */
  readonly bodyBytes: number;
  /** Longest silence of a node, or of a client that does not take its answer, in milliseconds. Nodes keep idle connections for longer. */
  readonly silenceMs: number;
}

type Outcome = 'answered' | 'unreached' | Refusal;

/** Passes requests to the nodes of one pool, over kept connections of its own. */
export class Forwarder {
  private readonly agent: Agent;
  private closing = false;

  public constructor(
    private readonly pool: Pool,
    private readonly limits: ForwardLimits,
  ) {
    this.agent = new Agent({ keepAlive: true, maxFreeSockets: 64, scheduling: 'lifo', timeout: limits.silenceMs });
  }

  /**
   * Passes a request on and its answer back. Another node is tried only while nothing of the request has been sent: what a node may have processed is
   * never replayed.
   *
   * @returns what to answer instead, or `undefined` when a node has answered or the client has gone
   */
  public async forward(exchange: Exchange): Promise<Refusal | undefined> {
    const { incoming } = exchange;
    if (hasBody(incoming) && incoming.method !== 'POST') return { code: 'body-not-allowed' };
    if (Number(incoming.headers['content-length'] ?? 0) > this.limits.bodyBytes) return { code: 'body-too-large' };
    if (!this.pool.enter()) return { code: 'overloaded', retryAfterSeconds: 1 };
    try {
      return await this.tryNodes(exchange);
    } finally {
      this.pool.leave();
    }
  }

  /** From now on, answers ask the client to close its connection. */
  public drain(): void {
    this.closing = true;
  }

  public close(): void {
    this.agent.destroy();
  }

  private async tryNodes(exchange: Exchange): Promise<Refusal | undefined> {
    const tried = new Set<BackendNode>();
    for (let node = this.pool.pick(tried); node !== undefined; node = this.pool.pick(tried)) {
      tried.add(node);
      node.outstanding += 1;
      const outcome = await this.attempt(exchange, node).finally(() => {
        node.outstanding -= 1;
      });
      if (outcome !== 'unreached') return outcome === 'answered' ? undefined : outcome;
      node.lost();
    }
    return { code: 'no-ready-node', retryAfterSeconds: 1 };
  }

  private attempt(exchange: Exchange, node: BackendNode): Promise<Outcome> {
    const { incoming, outgoing, headers } = exchange;
    if (outgoing.destroyed) return Promise.resolve('answered');
    return new Promise((resolve) => {
      let sending = false;
      const upstream = request({
        agent: this.agent,
        socketPath: node.socketPath,
        timeout: this.limits.silenceMs,
        method: incoming.method,
        path: incoming.url,
        headers,
        setHost: false,
      });
      let answer: IncomingMessage | undefined;
      let settled = false;
      const settle = (outcome: Outcome): void => {
        if (settled) return;
        settled = true;
        incoming.removeListener('data', onData).removeListener('end', onEnd).pause();
        outgoing.removeListener('close', onClose);
        if (!upstream.writableFinished || !answer?.complete) upstream.destroy();
        resolve(outcome);
      };
      let received = 0;
      const onData = (chunk: Buffer): void => {
        received += chunk.length;
        if (received > this.limits.bodyBytes && !outgoing.headersSent) settle({ code: 'body-too-large' });
        else if (!upstream.write(chunk)) incoming.pause();
      };
      const onEnd = (): void => void upstream.end();
      const onClose = (): void => settle('answered');
      const send = (): void => {
        sending = true;
        if (!hasBody(incoming)) {
          upstream.end();
          return;
        }
        if (expectsContinue(incoming)) outgoing.writeContinue();
        incoming.on('data', onData).on('end', onEnd).resume();
      };
      outgoing.once('close', onClose);
      upstream.on('drain', () => incoming.resume());
      upstream.once('socket', (socket) => (socket.connecting ? socket.once('connect', send) : send()));
      upstream.once('timeout', () => {
        if (outgoing.headersSent) outgoing.destroy();
        else settle({ code: incoming.complete ? 'upstream-timeout' : 'request-timeout' });
      });
      upstream.on('error', () => {
        if (settled || outgoing.headersSent) return;
        if (sending) node.lost();
        settle(sending ? { code: 'upstream-lost' } : 'unreached');
      });
      upstream.once('response', (response) => {
        answer = response;
        this.passBack(exchange, response, () => settle('answered'));
      });
    });
  }

  private passBack({ incoming, outgoing }: Exchange, answer: IncomingMessage, settle: () => void): void {
    const headers = responseHeaders(answer.rawHeaders);
    // A node may answer before it has read the whole body, and then will not read the rest of it.
    if (this.closing || !incoming.complete) headers.push('Connection', 'close');
    outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', headers);
    answer.pipe(outgoing, { end: false });
    // Headers go out with the first part of the body, or without it when there is none yet, as in a stream of events to come.
    const flush = setImmediate(() => outgoing.flushHeaders());
    answer.once('data', () => clearImmediate(flush)).once('close', () => clearImmediate(flush));
    answer.once('end', () => {
      settle();
      endAfterBody(incoming, outgoing);
    });
    // Cut off in the middle: the client must see that, too.
    answer.once('close', () => {
      if (!answer.complete) outgoing.destroy();
    });
  }
}
