import { type Members, Place } from './place';

const REPOSITORY = /^(?=.{2,256}$)[a-z0-9]+([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/;

/** The parts of a service image. */
export interface ServiceImageProps {
  /** Name of the repository in the private registry of each region's account, such as `audit-log`. */
  readonly repository: string;

  /** Digest of the image or image index, `sha256:` and 64 hex digits; a tag could be moved to other code. */
  readonly digest: string;
}

/** The container image of the services, the same in every region. */
export class ServiceImage {
  /**
   * Makes an image.
   *
   * @throws repository-malformed, digest-malformed
   */
  public static of(props: ServiceImageProps): ServiceImage {
    return Place.valid('image', (at) => ServiceImage._parse(props, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): ServiceImage | undefined {
    const members = at.object(given, ['repository', 'digest']);
    if (members === undefined) return undefined;
    const name = 'the name of a repository in lower case, without registry and tag';
    const repository = at.member('repository').text(members.repository, REPOSITORY, 'repository-malformed', name);
    const hash = 'sha256: and 64 lower-case hex digits';
    const digest = at.member('digest').text(members.digest, /^sha256:[0-9a-f]{64}$/, 'digest-malformed', hash);
    return repository === undefined || digest === undefined ? undefined : new ServiceImage(repository, digest);
  }

  private constructor(
    /** Name of the repository. */
    public readonly repository: string,
    /** Digest of the image. */
    public readonly digest: string,
  ) {}

  /** @internal */
  public _render(): Members {
    return { repository: this.repository, digest: this.digest };
  }
}
