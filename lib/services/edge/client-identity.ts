import type { TLSSocket } from 'node:tls';
import { certificateName } from '../identity/certificate-name';
import type { ClientIdentity } from './admission';

/** What fits a header unchanged: printable ASCII, no space at either end, 1 to 256 characters. */
const USABLE_NAME = /^(?=.{1,256}$)[!-~](?:[ -~]*[!-~])?$/;

const known = new WeakMap<TLSSocket, ClientIdentity>();

/** What the client of a connection proved by its certificate; worked out once a connection. */
export function clientIdentity(socket: TLSSocket): ClientIdentity {
  let identity = known.get(socket);
  if (identity === undefined) {
    identity = prove(socket);
    known.set(socket, identity);
  }
  return identity;
}

function prove(socket: TLSSocket): ClientIdentity {
  // `authorized` alone proves nothing: on a resumed TLS 1.3 session it is true for a client that never showed a certificate.
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return { proof: 'none' };
  if (!socket.authorized) return { proof: 'untrusted' };
  const name = certificateName(certificate.raw);
  return name !== undefined && USABLE_NAME.test(name)
    ? { proof: 'certificate', writer: `mtls:${name}` }
    : { proof: 'unnamed' };
}
