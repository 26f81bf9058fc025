import type { Place } from './place';
import { Residency } from './residency';

const BY_WORD = ['latency', 'failover'] as const;

/** How clients are led to a region. */
export enum RoutingKind {
  /** To the nearest healthy region, of any jurisdiction. */
  LATENCY = 'latency',
  /** To the first healthy region in the policy's order. */
  FAILOVER = 'failover',
  /** To the nearest healthy region of the client's own jurisdiction, never to another. */
  JURISDICTION = 'jurisdiction',
}

/** How the clients of one path are led to a region. */
export class Routing {
  /** To the nearest healthy region, of any jurisdiction. */
  public static latency(): Routing {
    return new Routing(RoutingKind.LATENCY);
  }

  /** To the first healthy region in the policy's order. */
  public static failover(): Routing {
    return new Routing(RoutingKind.FAILOVER);
  }

  /**
   * To the nearest healthy region of the client's own jurisdiction, and to no other even if all of them fail.
   *
   * @param residency which jurisdiction each client belongs to
   */
  public static jurisdiction(residency: Residency): Routing {
    return new Routing(RoutingKind.JURISDICTION, residency);
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): Routing | undefined {
    const word = BY_WORD.find((each) => each === given);
    if (word !== undefined) return Routing[word]();
    const allowed = '"latency", "failover", or an object with jurisdiction';
    if (typeof given === 'string') {
      return at.report('routing-unknown', {
        problem: 'there is no such routing',
        given,
        allowed,
        fix: 'choose one of those',
      });
    }
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return at.reportType(given, allowed);
    const members = at.object(given, [RoutingKind.JURISDICTION]);
    const residency = Residency._parse(members?.jurisdiction, at.member(RoutingKind.JURISDICTION));
    return residency && Routing.jurisdiction(residency);
  }

  private constructor(
    /** The way of routing. */
    public readonly kind: RoutingKind,
    /**
     * Which jurisdiction each client belongs to.
     *
     * @default - the kind is not jurisdiction
     */
    public readonly residency?: Residency,
  ) {}

  /** @internal */
  public _render(): unknown {
    return this.residency === undefined ? this.kind : { [this.kind]: this.residency._render() };
  }
}
