import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { HttpsClient } from './https-client';

/** Where a log is reached. */
export interface ConnectionOptions {
  readonly url: string;
  readonly data: string;
  readonly ca?: string;
  readonly clientCert?: string;
  readonly clientKey?: string;
  readonly token?: string;
}

/** Adds the options by which a command finds the log. */
export function withConnection(command: Command): Command {
  return command
    .addOption(new Option('--url <url>', "the log's address").default('https://localhost:8443').env('AUDIT_LOG_URL'))
    .option('--data <folder>', 'folder of a local log; its certificate authority is trusted', '.audit-log')
    .option('--ca <file>', 'trust this certificate authority instead')
    .option('--client-cert <file>', 'client certificate (PEM), where the log asks for one')
    .option('--client-key <file>', 'private key of the client certificate (PEM)')
    .addOption(
      new Option('--token <file>', 'file with a bearer token, where the log asks for one; read for each request').env(
        'AUDIT_LOG_TOKEN_FILE',
      ),
    );
}

/** A client for the log that the options name. Logs elsewhere are trusted by the system's authorities unless --ca says otherwise. */
export function connect({ url, data, ca, clientCert, clientKey, token }: ConnectionOptions): HttpsClient {
  const isLocal = /^https:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/.test(url);
  return new HttpsClient(url, {
    ca: ca ?? (isLocal ? join(data, 'tls', 'ca.pem') : undefined),
    cert: clientCert,
    key: clientKey,
    token,
  });
}
