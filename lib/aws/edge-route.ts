/** Requests that are passed on. */
export interface EdgeRoute {
  /** HTTP methods, in upper case. */
  readonly methods: string[];

  /** Paths, exactly as clients send them. */
  readonly paths: string[];
}
