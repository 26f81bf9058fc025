/**
 * What the query service calls immutable and has no event in it: all that a cache stores. A path may end in a wildcard, as those of CloudFront's
 * behaviours do.
 */
export const CACHED_PATHS: readonly string[] = ['/v1/log.vkey'];
