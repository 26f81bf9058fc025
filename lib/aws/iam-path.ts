/**
 * The path of all roles and managed policies of logs in IAM. The organisation's policies know them by it: IAM advises against tags in
 * conditions about `iam:PassRole`, and a path, unlike a tag, never changes.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
export const IAM_PATH = '/immutable-audit-log/';

/** The path of the role that starts a log's tasks on schedule. No other role of a log passes roles. */
export const STARTER_PATH = `${IAM_PATH}starter/`;
