import { openSigner } from './open';

/**
 * The verifier key that a setting states: itself, or the URL of a key in KMS, which is then asked for its public half. So a deployment can name
 * a key before it exists.
 *
 * @param setting a C2SP verifier key, or `awskms:<ARN of the key>`
 * @param name the key's name, as notes carry it
 * @throws signing-key-invalid, and what KMS answers when the key cannot be read
 */
export async function vkeyOf(setting: string, name: string): Promise<string> {
  return setting.startsWith('awskms:') ? (await openSigner(setting, name)).vkey : setting;
}
