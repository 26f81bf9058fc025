/** A refusal, as Cloud Storage words it: https://cloud.google.com/storage/docs/json_api/v1/status-codes */
export class GcsError extends Error {
  public constructor(
    public readonly status: number,
    public readonly reason: string,
    message = reason,
  ) {
    super(message);
  }
}
