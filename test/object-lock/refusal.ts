/**
 * Why a server refused a request, or `undefined` if it did not: `the lock` where Object Lock did, else the error's code. What is no answer of the
 * server throws.
 */
export async function refusal(request: Promise<unknown>): Promise<string | undefined> {
  try {
    await request;
    return undefined;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    if ($metadata?.httpStatusCode === undefined || $metadata.httpStatusCode >= 500) throw error;
    return isByLock(message) ? 'the lock' : name;
  }
}

/** In the words of Ceph. */
function isByLock(message: string): boolean {
  return /object lock|retention/.test(message);
}
