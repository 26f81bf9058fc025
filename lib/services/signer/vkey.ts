import { openSigner } from './open';

const KMS_URL = /^(awskms|gcpkms):/;

/**
 * The verifier key that a setting states: itself, or the URL of a key in KMS, which is then asked for its public half. So a deployment can name
 * a key before it exists.
 *
 * @param setting a C2SP verifier key, `awskms:<ARN of the key>` or `gcpkms:<name of the key's version>`
 * @param name the key's name, as notes carry it
 * @throws signing-key-invalid, and what KMS answers when the key cannot be read
 */
export async function vkeyOf(setting: string, name: string): Promise<string> {
  return KMS_URL.test(setting) ? (await openSigner(setting, name)).vkey : setting;
}
