import { AllowList } from './allow-list';
import { Authentication } from './authentication';
import type { Members, Place } from './place';
import { RateLimit } from './rate-limit';

/** The parts of an access. */
export interface AccessProps {
  /** The client addresses that may connect. */
  readonly allow: AllowList;

  /** How clients prove who they are. */
  readonly authenticate: Authentication;

  /** How many requests one client IP address may send. */
  readonly rateLimit: RateLimit;
}

/** Who may use one of the two paths, writing or reading. */
export class Access {
  /** Makes an access. */
  public static of(props: AccessProps): Access {
    return new Access(props.allow, props.authenticate, props.rateLimit);
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): Access | undefined {
    const members = at.object(given, ['allow', 'authenticate', 'rateLimit']);
    if (members === undefined) return undefined;
    const allow = AllowList._parse(members.allow, at.member('allow'));
    const authenticate = Authentication._parse(members.authenticate, at.member('authenticate'));
    const rateLimit = RateLimit._parse(members.rateLimit, at.member('rateLimit'));
    return allow && authenticate && rateLimit && new Access(allow, authenticate, rateLimit);
  }

  private constructor(
    /** The client addresses that may connect. */
    public readonly allow: AllowList,
    /** How clients prove who they are. */
    public readonly authenticate: Authentication,
    /** How many requests one client IP address may send. */
    public readonly rateLimit: RateLimit,
  ) {}

  /** @internal */
  public _render(): Members {
    return {
      allow: this.allow._render(),
      authenticate: this.authenticate._render(),
      rateLimit: this.rateLimit._render(),
    };
  }
}
