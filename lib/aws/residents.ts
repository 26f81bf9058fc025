/** The clients of one jurisdiction. */
export interface Residents {
  /** Name of the jurisdiction, such as `EU`. */
  readonly jurisdiction: string;

  /** Their countries: ISO 3166-1 alpha-2 codes. */
  readonly countries: string[];
}
