import { basename, join } from 'node:path';

/** The package's folder: two above this one as source and in `dist/bundles`, three in `dist/lib/google`. */
const ABOVE = join(__dirname, '../..');
const PACKAGE = basename(ABOVE) === 'dist' ? join(ABOVE, '..') : ABOVE;

/**
 * A file that is shipped in this package.
 *
 * @param path within the package
 */
export function packageFile(path: string): string {
  return join(PACKAGE, path);
}
