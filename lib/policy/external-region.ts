import { parseAwsRegion } from './aws-region';
import { PathAddresses } from './path-addresses';
import { type Members, Place } from './place';
import { parseRegionName } from './region-name';

/** The parts of a region that another cloud hosts. */
export interface ExternalRegionProps {
  /** Name of one of the policy's regions, such as `europe-west3`. */
  readonly name: string;

  /** The AWS region whose latency stands for it where clients are led to the nearest region, such as `eu-central-1`. */
  readonly near: string;

  /** The addresses of the path of writers. */
  readonly ingest: PathAddresses;

  /** The addresses of the path of readers. */
  readonly query: PathAddresses;
}

/** A region of the policy that another cloud hosts: AWS leads clients there, and deploys nothing. */
export class ExternalRegion {
  /**
   * Makes an external region.
   *
   * @throws region-malformed
   */
  public static of(props: ExternalRegionProps): ExternalRegion {
    return Place.valid('region', (at) => ExternalRegion.check(props, props.ingest, props.query, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): ExternalRegion | undefined {
    const members = at.object(given, ['name', 'near', 'ingest', 'query']);
    if (members === undefined) return undefined;
    const ingest = PathAddresses._parse(members.ingest, at.member('ingest'));
    const query = PathAddresses._parse(members.query, at.member('query'));
    return ExternalRegion.check(members, ingest, query, at);
  }

  private static check(
    given: { readonly name?: unknown; readonly near?: unknown },
    ingest: PathAddresses | undefined,
    query: PathAddresses | undefined,
    at: Place,
  ): ExternalRegion | undefined {
    const name = parseRegionName(given.name, at.member('name'));
    const near = parseAwsRegion(given.near, at.member('near'));
    if (name === undefined || near === undefined || !ingest || !query) return undefined;
    return new ExternalRegion(name, near, ingest, query);
  }

  private constructor(
    /** Name of one of the policy's regions. */
    public readonly name: string,
    /** The AWS region whose latency stands for it. */
    public readonly near: string,
    /** The addresses of the path of writers. */
    public readonly ingest: PathAddresses,
    /** The addresses of the path of readers. */
    public readonly query: PathAddresses,
  ) {}

  /** @internal */
  public _render(): Members {
    return { name: this.name, near: this.near, ingest: this.ingest._render(), query: this.query._render() };
  }
}
