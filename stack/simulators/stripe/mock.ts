import { access } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { cached, platformKey } from '../../fetching/cache';
import { goInstall } from '../../fetching/go';
import { freePort } from '../../processes/ports';
import { spawnServer, type ServerProcess } from '../../processes/process';

const VERSION = 'v0.203.0';

/** Options of {@link startStripeMock}. */
export interface StripeMockOptions {
  /** Default: a free port. */
  port?: number;
  /** Folder for the log and the pid file. */
  dir: string;
  onProgress?: (detail: string) => void;
  signal?: AbortSignal;
}

/**
 * Starts stripe-mock, Stripe's own request validator. Unless `STRIPE_MOCK_BIN` names an existing program, it is taken from the cache or
 * built from source. Throws `ServerUnavailable` if there is no Go and none can be fetched.
 */
export async function startStripeMock(options: StripeMockOptions): Promise<{ url: string; process: ServerProcess }> {
  const command = process.env.STRIPE_MOCK_BIN ?? (await build(options));
  await access(command, constants.X_OK);
  const port = options.port ?? (await freePort());
  // Without an explicit address, its HTTPS server would listen on port 12112 of every interface.
  const args = ['-http-addr', `127.0.0.1:${port}`, '-https-addr', '127.0.0.1:0'];
  const url = `http://127.0.0.1:${port}`;
  const mock = await spawnServer({
    name: 'stripe-mock',
    command,
    args,
    logFile: join(options.dir, 'stripe-mock.log'),
    pidFile: join(options.dir, 'stripe-mock.pid'),
    isReady: async () => (await fetch(url)).status > 0,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  return { url, process: mock };
}

async function build({ onProgress, signal }: StripeMockOptions): Promise<string> {
  const fill = (into: string) =>
    goInstall(`github.com/stripe/stripe-mock@${VERSION}`, { into, signal, ...(onProgress ? { onProgress } : {}) });
  return join(await cached(platformKey('stripe-mock', VERSION), fill), 'stripe-mock');
}
