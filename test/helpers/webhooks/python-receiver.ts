import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { cached } from '../../../stack/fetching/cache';
import { pipInstall, pythonKey } from '../../../stack/fetching/python';

const VERSION = '1.1.0';

/** Why the Python receiver cannot run here, in words; undefined when it can. */
export function pythonMissing(): string | undefined {
  return spawnSync('python3', ['-c', 'import pip']).status === 0
    ? undefined
    : 'it needs python3 with pip, which this machine does not have (Debian: apt-get install python3-pip)';
}

/** A receiver in Python that verifies messages with this secret. */
export interface PythonReceiver {
  url: string;
  stop(): Promise<void>;
}

/** Starts a Python receiver. Its library is fetched once into the project's cache, from the package index pip is configured for. */
export async function startPythonReceiver(secret: string): Promise<PythonReceiver> {
  const library = await cached(await pythonKey('standardwebhooks', VERSION), (into) =>
    pipInstall(`standardwebhooks==${VERSION}`, { into }),
  );
  const child = spawn('python3', [path.join(__dirname, 'receiver.py'), secret], {
    env: { ...process.env, PYTHONPATH: library, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const line = once(createInterface(child.stdout), 'line') as Promise<[string]>;
  const [port] = await Promise.race([
    line,
    ended.then(() => Promise.reject(new Error('The Python receiver has ended at once.'))),
  ]);
  return {
    url: `http://127.0.0.1:${port}/hook`,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
