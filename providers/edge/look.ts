import { request, type RequestOptions } from 'node:https';
import { requestSignal } from '../port/request-signal';
import { tracedCall } from '../port/traced-call';

/** The edge's answer for a host name, or the code of the error for which there was none. `closed`: the edge itself refuses, for a tenant that is closed. */
export type EdgeAnswer = { status: number; closed: boolean } | { refused: string };

/** The header with which the edge marks its own answer for a closed tenant. */
export const CLOSED_HEADER = 'edge-access';

/** Milliseconds in which the edge may obtain a certificate and answer. */
const LOOK_MS = 15_000;

/** Tries in all: a server that takes over a new configuration resets some connections. */
const TRIES = 3;

/** Whom to ask for which host. */
export interface Looked {
  /** `host:port`. */
  address: string;
  domain: string;
  /** PEM of the authorities that are trusted; `anyone`: a certificate is not looked at; absent: those of Node. */
  trusted?: string | undefined;
}

/**
 * Asks the edge for the start page of a host, with its name in the handshake (RFC 6066 §3). Rejects if the edge cannot be reached, or if `signal`
 * is aborted; a handshake that fails is an answer, and so is one that takes too long: the edge cannot obtain a certificate.
 */
export async function lookAtEdge(looked: Looked, signal: AbortSignal): Promise<EdgeAnswer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await tracedCall({ provider: 'caddy', operation: 'look' }, () => lookOnce(looked, signal));
    if (attempt === TRIES || !('refused' in answer) || answer.refused !== 'ECONNRESET') return answer;
  }
}

const NOT_REACHED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'];

function lookOnce({ address, domain, trusted }: Looked, signal: AbortSignal): Promise<EdgeAnswer> {
  const within = requestSignal(signal, LOOK_MS);
  const { hostname, port } = new URL(`https://${address}`);
  const trust: RequestOptions =
    trusted === 'anyone' ? { rejectUnauthorized: false } : trusted === undefined ? {} : { ca: trusted };
  const options: RequestOptions = {
    ...{ method: 'HEAD', path: '/', host: hostname, port: port || 443, servername: domain },
    headers: { host: domain },
    agent: false,
    signal: within,
    ...trust,
  };
  return new Promise((resolve, reject) => {
    let isHandshaking = false;
    const sent = request(options, (response) => {
      response.resume();
      resolve({ status: response.statusCode!, closed: response.headers[CLOSED_HEADER] === 'closed' });
    });
    sent.on('socket', (socket) => {
      socket.once('connect', () => (isHandshaking = true));
      socket.once('secureConnect', () => (isHandshaking = false));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (within.aborted && !signal.aborted && isHandshaking) return resolve({ refused: 'NO_CERTIFICATE_IN_TIME' });
      if (within.aborted) return reject(within.reason as Error);
      if (NOT_REACHED.includes(error.code ?? '')) return reject(error);
      resolve({ refused: error.code ?? error.name });
    });
    sent.end();
  });
}
