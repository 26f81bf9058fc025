import { type Members, Place } from './place';

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html */
const ID = /^o-[a-z0-9]{10,32}$/;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html; a path before the name is part of it. */
const BOUNDARY = /^([A-Za-z0-9_+=,.@-]{1,128}\/){0,4}[A-Za-z0-9_+=,.@-]{1,128}$/;

/** A resource has 50 tags at most (https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html); ten are for stacks' own. */
const MOST_TAGS = 40;

/** https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_Tag.html */
const TAG_KEY = /^(?![aA][wW][sS]:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/u;
/** Ours, by which the organisation's policies know what belongs to a log. Keys of roles are not case-sensitive. */
const RESERVED = /^immutable-audit-log/i;
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u;

/** The parts of an organisation. */
export interface OrganizationProps {
  /** Id of the organisation in AWS Organizations, such as `o-a1b2c3d4e5`. */
  readonly id: string;

  /**
   * Name of the managed policy that bounds every role, the same in every account; with its path if it has one, such as
   * `platform/boundary`.
   *
   * @default - roles have no permissions boundary
   */
  readonly permissionsBoundary?: string;

  /**
   * Tags of every resource but the evacuation switch, which they would reset when they change; at most 40: keys of 1 to 128 characters that
   * begin neither with `aws:` nor with `immutable-audit-log`, values of up to 256. No two keys differ in nothing but upper and lower case, which IAM does not tell apart.
   *
   * @default - none
   */
  readonly tags?: { [key: string]: string };
}

/**
 * What an organisation asks of everything that is deployed in its accounts: done by whatever makes a log of a deployment. An `ArchiveStack`
 * that you make by yourself knows no deployment: tag and bound it yourself.
 */
export class Organization {
  /**
   * Makes an organisation.
   *
   * @throws organization-malformed, boundary-malformed, tag-malformed, tag-reserved, tag-duplicate, list-length-out-of-range
   */
  public static of(props: OrganizationProps): Organization {
    return Place.valid('organization', (at) => Organization._parse(props, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): Organization | undefined {
    const members = at.object(given, ['id', 'permissionsBoundary', 'tags']);
    if (members === undefined) return undefined;
    const id = at.member('id').text(members.id, ID, 'organization-malformed', 'o- and 10 to 32 of a-z and 0-9');
    const permissionsBoundary = at.member('permissionsBoundary').optional(members.permissionsBoundary, parseBoundary);
    const tags = at.member('tags').optional(members.tags, parseTags);
    return id === undefined ? undefined : new Organization(id, tags ?? {}, permissionsBoundary);
  }

  private constructor(
    /** Id of the organisation. */
    public readonly id: string,
    /** Tags of every resource. */
    public readonly tags: { [key: string]: string },
    /**
     * Name of the managed policy that bounds every role.
     *
     * @default - none
     */
    public readonly permissionsBoundary?: string,
  ) {}

  /** @internal */
  public _render(): Members {
    return {
      id: this.id,
      ...(this.permissionsBoundary !== undefined && { permissionsBoundary: this.permissionsBoundary }),
      ...(Object.keys(this.tags).length > 0 && { tags: { ...this.tags } }),
    };
  }
}

function parseBoundary(given: unknown, at: Place): string | undefined {
  return at.text(given, BOUNDARY, 'boundary-malformed', 'the name of a managed policy, not its ARN');
}

function parseTags(given: unknown, at: Place): { [key: string]: string } | undefined {
  const members = at.map(given, 'an object of tags');
  if (members === undefined) return undefined;
  const entries = Object.entries(members);
  if (entries.length > MOST_TAGS) {
    const details = { problem: 'there are too many tags', given: entries.length, allowed: `at most ${MOST_TAGS}` };
    return at.report('list-length-out-of-range', { ...details, fix: 'remove some' });
  }
  for (const [key, value] of entries) {
    const spot = at.member(key);
    const allowed = '1 to 128 letters, digits, spaces and _.:/=+@-, not beginning with aws:';
    spot.text(key, TAG_KEY, 'tag-malformed', allowed);
    spot.text(value, TAG_VALUE, 'tag-malformed', 'up to 256 letters, digits, spaces and _.:/=+@-');
    checkKey(
      key,
      entries.map(([each]) => each),
      spot,
    );
  }
  return Object.fromEntries(entries) as { [key: string]: string };
}

/** Of roles and users, IAM does not tell keys apart by case: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#case-sensitivity */
function checkKey(key: string, keys: readonly string[], at: Place): void {
  if (RESERVED.test(key)) {
    const problem = 'the tags by which an organisation knows what belongs to a log begin like this';
    at.report('tag-reserved', {
      problem,
      given: key,
      fix: 'choose a key that does not begin with immutable-audit-log',
    });
  }
  const twin = keys.slice(0, keys.indexOf(key)).find((each) => each.toLowerCase() === key.toLowerCase());
  if (twin === undefined) return;
  const problem = 'two keys differ in nothing but upper and lower case, which IAM does not tell apart';
  at.report('tag-duplicate', { problem, given: [twin, key], fix: 'remove one of them' });
}
