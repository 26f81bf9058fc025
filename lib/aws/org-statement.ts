import { IAM_PATH } from './iam-path';
import { ORG_TAG } from './org-tag';

/** A statement of an organisation's policy: these deny only. */
export interface OrgStatement {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Principal?: '*';
  readonly Action: readonly string[];
  readonly Resource: readonly string[] | '*';
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Who is exempt from which statements. */
export interface Exempt {
  /** ARNs of the roles for emergencies. */
  readonly breakGlass: readonly string[];

  /** Patterns of the ARNs of the roles that deploy. */
  readonly deployers: readonly string[];
}

/** The condition that what a request is about belongs to a log. */
export const OURS = { StringLike: { [`aws:ResourceTag/${ORG_TAG}`]: '*' } };

/** Roles of all logs. */
export const OUR_ROLES = `arn:*:iam::*:role${IAM_PATH}*`;

/** The text as AWS counts it: without white space. */
export function contentOf(statements: readonly OrgStatement[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

/** A statement of a service control policy. */
export function deny(
  Sid: string,
  Action: string[],
  Condition: OrgStatement['Condition'],
  Resource: readonly string[] | '*' = '*',
): OrgStatement {
  return { Sid, Effect: 'Deny', Action, Resource, Condition };
}

/** A statement of a resource control policy, about everybody. */
export function denyAll(Sid: string, Action: string[], Condition: OrgStatement['Condition']): OrgStatement {
  return { Sid, Effect: 'Deny', Principal: '*', Action, Resource: '*', Condition };
}

/** The condition that whoever asks is none of these roles. */
export function but(roles: readonly string[]): OrgStatement['Condition'] {
  return { ArnNotLike: { 'aws:PrincipalArn': roles } };
}
