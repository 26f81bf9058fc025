/**
 * Every error code of the library and what it means. Codes never change and are never used for another meaning.
 * Keep the list sorted within its group.
 */
export const ERROR_CODES = {
  // values and documents
  'document-invalid': 'A policy document has one problem or more; each is listed with its JSON path.',
} as const;

/** One of the codes of `ERROR_CODES`. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What an error tells: each part is a phrase without a final full stop. */
export interface ErrorDetails {
  /** What was wrong, in the user's words. */
  readonly problem: string;

  /**
   * What was given, printed as JSON.
   *
   * @default - left out, for secrets and for things that are missing
   */
  readonly given?: unknown;

  /**
   * What would have been right.
   *
   * @default - left out, where `fix` says it
   */
  readonly allowed?: string;

  /** What to do now. */
  readonly fix: string;

  /**
   * JSON path of the value in its document, such as `$.retention.years`.
   *
   * @default - the error is not about a document
   */
  readonly path?: string;
}

/**
 * An error with a stable code, raised wherever the library refuses something. Callers look at `error.code`; the class itself is
 * not exported, since jsii has no errors: in other languages the message arrives, which ends in the code.
 */
export class AuditLogError extends Error {
  /** Stable code, one of `ERROR_CODES`. */
  public readonly code: string;

  /** The parts that the message was made of. */
  public readonly details: ErrorDetails;

  public constructor(code: ErrorCode, details: ErrorDetails) {
    const given = details.given === undefined ? '' : `, got ${JSON.stringify(details.given)?.slice(0, 200)}`;
    const allowed = details.allowed === undefined ? '' : `, allowed: ${details.allowed}`;
    const place = details.path === undefined ? '' : `${details.path}: `;
    super(`${place}${details.problem}${given}${allowed}; ${details.fix} [${code}]`);
    this.name = 'AuditLogError';
    this.code = code;
    this.details = details;
  }
}
