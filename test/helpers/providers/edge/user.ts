import { readFileSync, readdirSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { RunningEdge } from '../../../../stack/types';

/** What a user's browser gets from the edge for a host, or the code of the error for which it gets nothing. */
export type Visit = { status: number; body: string; issuer: string; names: string } | { refused: string };

/** Visits a host at the edge over TLS, trusting only its authority; independent of the adapter. */
export function visit({ address, rootsFile }: RunningEdge, host: string): Promise<Visit> {
  const [hostname, port] = address.split(':');
  return new Promise((resolve) => {
    const sent = request(
      {
        ...{ host: hostname, port, servername: host, path: '/', agent: false, ca: readFileSync(rootsFile) },
        headers: { host },
        timeout: 30_000,
      },
      (response) => {
        const { issuer, subjectaltname = '' } = (response.socket as TLSSocket).getPeerCertificate();
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () =>
          resolve({ status: response.statusCode!, body, issuer: String(issuer.CN), names: subjectaltname }),
        );
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('No answer in time.')));
    sent.on('error', (error: NodeJS.ErrnoException) => resolve({ refused: error.code ?? error.message }));
    sent.end();
  });
}

/** The files in Caddy's storage that are about a host. */
export function storedFor({ storageDir }: RunningEdge, host: string): string[] {
  return readdirSync(storageDir, { recursive: true })
    .map(String)
    .filter((file) => file.split(/[/\\]/).includes(host))
    .map((file) => join(storageDir, file));
}
