/** https://cloud.google.com/about/locations#regions */
const GOOGLE_REGION = /^[a-z]+-[a-z]+\d+$/;

/** Whether a name has the form of those that Google gives its regions, such as `europe-west3`; no other cloud's have it. */
export function isGoogleRegion(name: string): boolean {
  return GOOGLE_REGION.test(name);
}
