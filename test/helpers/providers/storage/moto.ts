import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached } from '../../../../stack/fetching/cache';
import { freePort } from '../../../../stack/processes/ports';
import { spawnServer } from '../../../../stack/processes/process';
import { pipInstall, pythonKey } from '../../../../stack/fetching/python';

const VERSION = '5.2.5';

/** Why moto (a server with the shapes of AWS) cannot run here, in words; undefined when it can. */
export function motoMissing(): string | undefined {
  const pip = spawnSync('python3', ['-m', 'pip', '--version']);
  if (pip.status === 0) return undefined;
  return `moto needs python3 with pip, which this machine does not have (Debian: apt-get install python3-pip)`;
}

/**
 * Starts moto on a free loopback port, from the project's cache; the first time it is fetched from the Python package index (about half a
 * minute). It keeps state and knows AWS's shapes, but lets everybody do everything: nothing about isolation can be learned from it.
 */
export async function startMoto(): Promise<{ url: string; stop(): Promise<void> }> {
  const library = await cached(await pythonKey('moto', VERSION), (into) =>
    pipInstall(`moto[server]==${VERSION}`, { into }),
  );
  const state = await mkdtemp(join(tmpdir(), 'moto-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await spawnServer({
    name: 'moto',
    command: 'python3',
    args: ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    env: { PYTHONPATH: library, PYTHONDONTWRITEBYTECODE: '1' },
    logFile: join(state, 'log'),
    pidFile: join(state, 'pid'),
    isReady: async () => (await fetch(`${url}/moto-api/`)).ok,
  });
  return {
    url,
    stop: async () => {
      await server.stop();
      await rm(state, { recursive: true, force: true });
    },
  };
}

/** Makes a key in moto's key management, in eu-central-1, and returns its ARN. */
export async function createKmsKey(url: string): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'TrentService.CreateKey',
      // What moto takes the region and the service from; it checks no signature.
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/kms/aws4_request, Signature=none',
    },
    body: '{}',
  });
  return ((await answer.json()) as { KeyMetadata: { Arn: string } }).KeyMetadata.Arn;
}
