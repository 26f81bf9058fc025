/** Checks in a row that change a node's state. */
const FAILURES_TO_LEAVE = 2;
const SUCCESSES_TO_RETURN = 2;

/** One process behind the edge, reached by its Unix socket. */
export class BackendNode {
  /** Requests that this node has not finished answering. */
  public outstanding = 0;
  private state: 'unknown' | 'ready' | 'out' = 'unknown';
  private streak = 0;

  public constructor(public readonly socketPath: string) {}

  public get ready(): boolean {
    return this.state === 'ready';
  }

  /** Takes in the result of a health check. The first one decides at once; later, two in a row do. */
  public checked(healthy: boolean): void {
    if (this.state === 'unknown') {
      this.state = healthy ? 'ready' : 'out';
    } else if (healthy === this.ready) {
      this.streak = 0;
    } else {
      this.streak += 1;
      if (this.streak >= (healthy ? SUCCESSES_TO_RETURN : FAILURES_TO_LEAVE)) this.turn(healthy ? 'ready' : 'out');
    }
  }

  /** Takes the node out at once: a real request found it gone. */
  public lost(): void {
    this.turn('out');
  }

  private turn(state: 'ready' | 'out'): void {
    this.state = state;
    this.streak = 0;
  }
}

/** The nodes that serve one path set, and how much they have to do. Pools share nothing. */
export class Pool {
  public readonly nodes: readonly BackendNode[];
  private inProgress = 0;
  private turn = 0;

  /** @param mostRequests requests in progress at which `enter` refuses */
  public constructor(
    socketPaths: readonly string[],
    private readonly mostRequests: number,
  ) {
    this.nodes = socketPaths.map((path) => new BackendNode(path));
  }

  /** Takes a place for one request, if there is one; whoever got it calls `leave` once. */
  public enter(): boolean {
    if (this.inProgress >= this.mostRequests) return false;
    this.inProgress += 1;
    return true;
  }

  public leave(): void {
    this.inProgress -= 1;
  }

  /** The ready node with the fewest outstanding requests, in turn among equals; `undefined` when none is left. */
  public pick(except: ReadonlySet<BackendNode>): BackendNode | undefined {
    this.turn += 1;
    let best: BackendNode | undefined;
    for (let i = 0; i < this.nodes.length; i += 1) {
      const node = this.nodes[(i + this.turn) % this.nodes.length];
      if (node === undefined || !node.ready || except.has(node)) continue;
      if (best === undefined || node.outstanding < best.outstanding) best = node;
    }
    return best;
  }
}
