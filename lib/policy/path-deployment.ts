import { ClientPrefixList } from './client-prefix-list';
import { type Members, Place } from './place';
import { TrustedAuthorities } from './trusted-authorities';

/** A security group refers to no more than its quota of 60 rules. */
const PREFIX_LISTS = { least: 1, most: 60, of: 'prefix lists' };

const CERTIFICATE = /^arn:[a-z-]+:acm:[a-z0-9-]{1,40}:[0-9]{12}:certificate\/[0-9a-f-]{36}$/;

/** The parts of a path's deployment. */
export interface PathDeploymentProps {
  /**
   * ARN of the ACM certificate of the path's names, in the path's region: `<path>.<domain>`, and `<region>.<path>.<domain>` or of the region's own
   * zone.
   *
   * @default - a new one, validated in the zones; needed where the deployment's zone is in another account than the region
   */
  readonly certificateArn?: string;

  /**
   * Who may issue client certificates.
   *
   * @default - none: needed only where clients authenticate by mutual TLS
   */
  readonly trust?: TrustedAuthorities;

  /**
   * Prefix lists with the networks of the policy's allow-list, which then need no rule each in a security group.
   *
   * @default - the policy's networks
   */
  readonly prefixLists?: ClientPrefixList[];
}

/** Where one of a region's two paths, writing or reading, finds what it needs. */
export class PathDeployment {
  /**
   * Makes a path's deployment.
   *
   * @throws certificate-malformed, list-length-out-of-range
   */
  public static of(props: PathDeploymentProps): PathDeployment {
    return Place.valid('path', (at) => {
      const certificateArn = at.member('certificateArn').optional(props.certificateArn, parseCertificate);
      const prefixLists = at
        .member('prefixLists')
        .optional(props.prefixLists, (lists, there) =>
          there.list(lists, PREFIX_LISTS, (list) => list as ClientPrefixList),
        );
      return new PathDeployment([...(prefixLists ?? [])], certificateArn, props.trust);
    });
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): PathDeployment | undefined {
    const members = at.object(given, ['certificateArn', 'trust', 'prefixLists']);
    if (members === undefined) return undefined;
    const certificateArn = at.member('certificateArn').optional(members.certificateArn, parseCertificate);
    const trust = at.member('trust').optional(members.trust, TrustedAuthorities._parse);
    const prefixLists = at
      .member('prefixLists')
      .optional(members.prefixLists, (lists, there) => there.list(lists, PREFIX_LISTS, ClientPrefixList._parse));
    return new PathDeployment([...(prefixLists ?? [])], certificateArn, trust);
  }

  private constructor(
    /** Prefix lists with the networks of the policy's allow-list; none if the networks are to be used themselves. */
    public readonly prefixLists: ClientPrefixList[],
    /**
     * ARN of the certificate of the path's name.
     *
     * @default - a new one, validated in the deployment's zone
     */
    public readonly certificateArn?: string,
    /**
     * Who may issue client certificates.
     *
     * @default - none
     */
    public readonly trust?: TrustedAuthorities,
  ) {}

  /** @internal */
  public _render(): Members {
    return {
      ...(this.certificateArn !== undefined && { certificateArn: this.certificateArn }),
      ...(this.trust && { trust: this.trust._render() }),
      ...(this.prefixLists.length > 0 && { prefixLists: this.prefixLists.map((list) => list._render()) }),
    };
  }
}

function parseCertificate(given: unknown, at: Place): string | undefined {
  return at.text(
    given,
    CERTIFICATE,
    'certificate-malformed',
    'arn:<partition>:acm:<region>:<12 digits>:certificate/<id>',
  );
}
