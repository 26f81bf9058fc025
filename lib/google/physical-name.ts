import { createHash } from 'node:crypto';
import type { IConstruct } from 'constructs';

/** Compute Engine names resources as RFC 1035 names hosts. */
const MOST = 63;

/** Longest name of a service, function or job on Cloud Run (https://cloud.google.com/run/quotas). */
export const MOST_RUN_NAME = 49;

/**
 * A name for a resource that Google identifies by name: the text as it is, or, where it is too long, its beginning and a digest of all of it
 * and the construct's address, which is the same in every synthesis.
 *
 * @param most longest that the resource's API takes
 */
export function physicalName(scope: IConstruct, text: string, most = MOST): string {
  if (text.length <= most) return text;
  return replaceableName(scope, text, [text], most);
}

/**
 * A name for a resource that is replaced when its content changes, by another that is made before it goes: two of them cannot have one name. Another
 * content is another name.
 */
export function replaceableName(scope: IConstruct, text: string, content: readonly string[], most = MOST): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([scope.node.addr, ...content]))
    .digest('hex');
  const suffix = `-${digest.slice(0, 8)}`;
  return text.slice(0, most - suffix.length).replace(/-+$/, '') + suffix;
}
