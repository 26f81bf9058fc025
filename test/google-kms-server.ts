import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32c } from '../lib/services/crc32c';

/** What goes wrong with a request: an HTTP status, or members of the answer that are replaced. */
export type KmsFault = number | Readonly<Record<string, unknown>>;

/** A server that speaks as much of Cloud KMS as signing needs, and really signs. Credentials are not checked. */
export class GoogleKmsServer {
  public static async start(): Promise<GoogleKmsServer> {
    const made = new GoogleKmsServer();
    made.server.listen(0, '127.0.0.1');
    await once(made.server, 'listening');
    return made;
  }

  /** What was asked, newest last: `METHOD path` and body. */
  public readonly requests: [string, unknown][] = [];
  private readonly keys = new Map<string, KeyObject>();
  private readonly faults: KmsFault[] = [];
  private readonly server: Server = createServer((incoming, outgoing) => void this.serve(incoming, outgoing));

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Makes a key and gives the name of its version. */
  public createKey(kind: 'ed25519' | 'ec' = 'ed25519'): string {
    const key = `projects/acme/locations/europe-west3/keyRings/audit/cryptoKeys/key-${this.keys.size}`;
    const { privateKey } =
      kind === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
    this.keys.set(`${key}/cryptoKeyVersions/1`, privateKey);
    return `${key}/cryptoKeyVersions/1`;
  }

  /** Makes the next request go wrong; several make several go wrong, in order. */
  public fail(...faults: KmsFault[]): void {
    this.faults.push(...faults);
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = text === '' ? undefined : (JSON.parse(text) as Record<string, string>);
    this.requests.push([`${incoming.method} ${incoming.url}`, body]);
    const fault = this.faults.shift();
    const { status, answer } = typeof fault === 'number' ? refusal(fault) : this.answer(incoming, body);
    outgoing.writeHead(status, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify(typeof fault === 'object' ? { ...answer, ...fault } : answer));
  }

  private answer({ method, url = '' }: IncomingMessage, body: Record<string, string> = {}) {
    const [, name = '', action] = /^\/v1\/(.*)(\/publicKey|:asymmetricSign)$/.exec(url) ?? [];
    const key = this.keys.get(name);
    if (key === undefined) return refusal(404);
    if (method === 'GET' && action === '/publicKey') return { status: 200, answer: describe(name, key) };
    const data = Buffer.from(body.data ?? '', 'base64');
    if (method !== 'POST' || body.dataCrc32c !== String(crc32c(data)) || data.length > 65_536) return refusal(400);
    const signature = sign(null, data, key);
    return {
      status: 200,
      answer: {
        name,
        signature: signature.toString('base64'),
        signatureCrc32c: String(crc32c(signature)),
        verifiedDataCrc32c: true,
        protectionLevel: 'HSM',
      },
    };
  }
}

function describe(name: string, key: KeyObject): object {
  const pem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  const algorithm = key.asymmetricKeyType === 'ed25519' ? 'EC_SIGN_ED25519' : 'EC_SIGN_P256_SHA256';
  return { name, algorithm, pem, pemCrc32c: String(crc32c(Buffer.from(pem))), protectionLevel: 'HSM' };
}

function refusal(status: number): { status: number; answer: object } {
  return { status, answer: { error: { code: status, message: `refused with ${status}`, status: 'REFUSED' } } };
}
