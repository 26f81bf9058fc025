/** A refusal as S3 words it. */
export class S3Error extends Error {
  public constructor(
    public readonly status: number,
    public readonly code: string,
    message: string = code,
  ) {
    super(message);
  }
}
