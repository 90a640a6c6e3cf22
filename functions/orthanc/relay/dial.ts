import { connect, isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Endpoint } from '../../core/endpoint.ts';
import type { Dialer, OnRead } from './wire.ts';

export function dialerOf(endpoint: Endpoint): Dialer {
  const { url, tls } = endpoint;
  // A URL holds an IPv6 address in brackets, a socket takes it without.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  if (!secure) {
    return { secure, open: (buffer, callback) => connect({ host, port, noDelay: true, onread: { buffer, callback } }) };
  }
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return { secure, open: (_buffer, onRead) => listening(connectTls({ host, port, ...tls, ...servername }), onRead) };
}

/**
 * TLS gives out all records that it has decrypted even after it was told to stop, so that one buffer for all of them (the
 * option `onread`) would be overwritten while it is still being sent. Streams queue them.
 */
function listening(socket: TLSSocket, onRead: OnRead): TLSSocket {
  socket.setNoDelay(true);
  socket.on('data', (piece: Buffer) => {
    if (!onRead(piece.length, piece)) socket.pause();
  });
  return socket;
}
