import { basename, join } from 'node:path';

/** The package's folder: two above this one as source and in `dist/bundles`, three in `dist/lib/aws`. */
const ABOVE = join(__dirname, '../..');
const PACKAGE = basename(ABOVE) === 'dist' ? join(ABOVE, '..') : ABOVE;

/**
 * The folder of a service's bundle, made by `npm run bundle` and shipped in the package.
 *
 * @param name such as `ingest-lambda`
 */
export function bundleFolder(name: string): string {
  return join(PACKAGE, 'dist/bundles', name);
}
