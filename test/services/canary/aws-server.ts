import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Speaks as much of Parameter Store and Secrets Manager as canaries use. What is `undefined` is not there. */
export class AwsServer {
  public static async start(): Promise<AwsServer> {
    const server = new AwsServer();
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  public parameter: string | undefined = 'none';
  public readonly secrets: Record<string, string> = {};
  public readonly asked: string[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const [, action = ''] = `${request.headers['x-amz-target']}`.split('.');
        const { Name, SecretId } = JSON.parse(Buffer.concat(chunks).toString());
        this.asked.push(`${action} ${Name ?? SecretId}`);
        const found = action === 'GetParameter' ? this.parameter : this.secrets[SecretId];
        const body =
          action === 'GetParameter' ? { Parameter: { Name, Value: found } } : { ARN: SecretId, SecretString: found };
        const type = { 'content-type': 'application/x-amz-json-1.1' };
        if (found === undefined) response.writeHead(400, type).end('{"__type":"ResourceNotFoundException"}');
        else response.writeHead(200, type).end(JSON.stringify(body));
      });
    });
  }

  /** By which SDKs find it: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
  public get environment(): Record<string, string> {
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return {
      AWS_ENDPOINT_URL_SSM: url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
      AWS_REGION: 'us-west-2',
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
    };
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
