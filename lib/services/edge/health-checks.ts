import { request } from 'node:http';
import type { Clock } from '../ports';
import type { BackendNode } from './pool';

const INTERVAL_MS = 500;
const TIMEOUT_MS = 1000;

/** Asks nodes in turn whether they are ready, until the signal aborts. */
export class HealthChecks {
  public constructor(
    private readonly nodes: readonly BackendNode[],
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  /** Resolves after the first check of every node; goes on every 500 ms for each node. */
  public async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => this.check(node)));
    for (const node of this.nodes) void this.repeat(node);
  }

  private async repeat(node: BackendNode): Promise<void> {
    while (!this.signal.aborted) {
      await this.clock.sleep(INTERVAL_MS, this.signal);
      if (!this.signal.aborted) await this.check(node);
    }
  }

  private async check(node: BackendNode): Promise<void> {
    node.checked(await isReady(node.socketPath));
  }
}

/** `GET /readyz` on a connection of its own, so that a full pool cannot look like a sick node. */
function isReady(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const check = request(
      { socketPath, path: '/readyz', agent: false, signal, headers: { host: 'edge' } },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      },
    );
    check.once('error', () => resolve(false)).end();
  });
}
