import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../../../stack/processes/ports';
import { spawnServer } from '../../../stack/processes/process';
import { findPerses } from '../../../stack/servers/perses/build';

const PLUGINS = resolve(__dirname, '../../../stack/servers/perses/plugins');

/** A Perses with nothing in it. */
export interface Perses {
  /** Sends JSON to a path below `/api/v1`; without a body, reads it. */
  ask(method: 'GET' | 'POST', path: string, body?: object): Promise<{ status: number; body: unknown }>;
  /** Asks Prometheus through the data source of all projects; the answer's status. */
  query(expression: string): Promise<number>;
  stop(): Promise<void>;
}

/** Starts Perses, whose questions go to the Prometheus at `prometheus`. Builds it the first time, which takes minutes. */
export async function startPerses(prometheus: string): Promise<Perses> {
  const command = await findPerses({ onProgress: (detail) => process.stderr.write(`perses: ${detail}\n`) });
  const dir = mkdtempSync(join(tmpdir(), 'perses-'));
  const archives = join(dir, 'archives');
  mkdirSync(archives);
  // Perses writes into this folder.
  const plugins = join(dir, 'plugins');
  cpSync(PLUGINS, plugins, { recursive: true });
  const config = {
    security: { encryption_key: 'thirty-two bytes for this test..' },
    database: { file: { folder: join(dir, 'data'), extension: 'json' } },
    plugin: { path: plugins, archive_paths: [archives] },
  };
  writeFileSync(join(dir, 'config.yaml'), stringify(config));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await spawnServer({
    name: 'perses',
    command,
    args: [`-config=${join(dir, 'config.yaml')}`, `-web.listen-address=127.0.0.1:${port}`],
    logFile: join(dir, 'perses.log'),
    pidFile: join(dir, 'perses.pid'),
    isReady: async () => (await fetch(`${url}/api/v1/projects`)).ok,
  });
  const ask: Perses['ask'] = async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  const proxy = { kind: 'HTTPProxy', spec: { url: prometheus } };
  const source = await ask('POST', '/globaldatasources', {
    kind: 'GlobalDatasource',
    metadata: { name: 'prometheus' },
    spec: { default: true, plugin: { kind: 'PrometheusDatasource', spec: { proxy } } },
  });
  if (source.status !== 200) {
    await stop();
    throw new Error(`Perses refuses the data source: ${JSON.stringify(source.body)}`);
  }
  return {
    ask,
    query: async (expression) => {
      const asked = `/proxy/globaldatasources/prometheus/api/v1/query?query=${encodeURIComponent(expression)}`;
      return (await fetch(`${url}${asked}`)).status;
    },
    stop,
  };
}
