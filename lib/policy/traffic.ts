import type { Members, Place } from './place';
import { Routing } from './routing';

/** The parts of traffic. */
export interface TrafficProps {
  /** How writers are led to a region. */
  readonly writes: Routing;

  /** How readers are led to a region. */
  readonly reads: Routing;
}

/** How clients are led to regions, for each path on its own. */
export class Traffic {
  /** Makes traffic. */
  public static of(props: TrafficProps): Traffic {
    return new Traffic(props.writes, props.reads);
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): Traffic | undefined {
    const members = at.object(given, ['writes', 'reads']);
    if (members === undefined) return undefined;
    const writes = Routing._parse(members.writes, at.member('writes'));
    const reads = Routing._parse(members.reads, at.member('reads'));
    return writes && reads && new Traffic(writes, reads);
  }

  private constructor(
    /** How writers are led to a region. */
    public readonly writes: Routing,
    /** How readers are led to a region. */
    public readonly reads: Routing,
  ) {}

  /** @internal */
  public _render(): Members {
    return { writes: this.writes._render(), reads: this.reads._render() };
  }
}
