import { request as requestPlain, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Access } from './kubeconfig';

const TIMEOUT = 5_000;

/** Whether a path of an API server, or of a controller that uses its certificate, answers 200. Rejects if there is no answer. */
export function isHealthy({ server, ca, token }: Access, path: string): Promise<boolean> {
  const options = { ca, headers: { authorization: `Bearer ${token}` }, timeout: TIMEOUT };
  return answersOk((onResponse) => requestSecure(`${server}${path}`, options, onResponse));
}

/** Whether a path of a server with plain HTTP on a Unix socket answers 200. Rejects if there is no answer. */
export function isSocketHealthy(socketPath: string, path: string): Promise<boolean> {
  return answersOk((onResponse) => requestPlain({ socketPath, path, timeout: TIMEOUT }, onResponse));
}

function answersOk(send: (onResponse: (response: IncomingMessage) => void) => ClientRequest): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = send((response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', reject).on('timeout', () => request.destroy(new Error('no answer')));
    request.end();
  });
}
