import { createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

process.env.AWS_ACCESS_KEY_ID ??= 'test';
process.env.AWS_SECRET_ACCESS_KEY ??= 'test';

interface KmsRequest {
  readonly KeyId: string;
  readonly Message?: string;
  readonly MessageType?: string;
  readonly SigningAlgorithm?: string;
}

/** A server that speaks as much of KMS as signing needs, and really signs. Signatures of requests are not verified. */
export class KmsServer {
  public static async start(): Promise<KmsServer> {
    const made = new KmsServer();
    made.server.listen(0, '127.0.0.1');
    await once(made.server, 'listening');
    return made;
  }

  /** What was asked, newest last: operation and request. */
  public readonly requests: [string, KmsRequest][] = [];
  private readonly keys = new Map<string, KeyObject>();
  private readonly server: Server = createServer((incoming, outgoing) => void this.serve(incoming, outgoing));
  private failures: string[] = [];

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Makes a key and gives its ARN. */
  public createKey(kind: 'ed25519' | 'ec' = 'ed25519'): string {
    const id = `00000000-0000-4000-8000-${String(this.keys.size).padStart(12, '0')}`;
    const arn = `arn:aws:kms:eu-central-1:111122223333:key/${id}`;
    const { privateKey } =
      kind === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
    this.keys.set(arn, privateKey);
    return arn;
  }

  /** Makes the next requests fail with these exceptions. */
  public fail(...exceptions: string[]): void {
    this.failures.push(...exceptions);
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request = JSON.parse(Buffer.concat(chunks).toString()) as KmsRequest;
    const operation = String(incoming.headers['x-amz-target']).replace('TrentService.', '');
    this.requests.push([operation, request]);
    const failure = this.failures.shift();
    const key = this.keys.get(request.KeyId);
    const answer =
      failure !== undefined || key === undefined
        ? { status: failure === 'KMSInternalException' ? 500 : 400, body: { __type: failure ?? 'NotFoundException' } }
        : this.answer(operation, request, key);
    outgoing.writeHead(answer.status, { 'Content-Type': 'application/x-amz-json-1.1' });
    outgoing.end(JSON.stringify(answer.body));
  }

  private answer(operation: string, request: KmsRequest, key: KeyObject): { status: number; body: object } {
    if (operation === 'GetPublicKey') {
      const jwk = key.export({ format: 'jwk' });
      const { d: _, ...publicPart } = jwk;
      const spki = publicKeyOf(publicPart);
      const KeySpec = key.asymmetricKeyType === 'ed25519' ? 'ECC_NIST_EDWARDS25519' : 'ECC_NIST_P256';
      return { status: 200, body: { KeyId: request.KeyId, KeySpec, PublicKey: spki.toString('base64') } };
    }
    const message = Buffer.from(request.Message ?? '', 'base64');
    if (request.SigningAlgorithm !== 'ED25519_SHA_512' || request.MessageType !== 'RAW') {
      return { status: 400, body: { __type: 'InvalidKeyUsageException' } };
    }
    if (message.length > 4096) return { status: 400, body: { __type: 'ValidationException' } };
    return { status: 200, body: { KeyId: request.KeyId, Signature: sign(null, message, key).toString('base64') } };
  }
}

function publicKeyOf(jwk: JsonWebKey): Buffer {
  return createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'der', type: 'spki' });
}
