import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdmin } from '../../../../providers/edge/caddy/admin';
import { createEdge, type Edge } from '../../../../providers/edge/edge';
import { freePort } from '../../../../stack/processes/ports';
import { spawnServer, type ServerProcess } from '../../../../stack/processes/process';
import { EDGE_PORTS, runEdge, type EdgePorts } from '../../../../stack/servers/edge/run';
import type { EdgePrograms, RunningEdge } from '../../../../stack/types';

/** Caddy, an authority and a name server of a test file's own. */
export interface TestEdge {
  running: RunningEdge;
  /** The adapter, as the worker has it. */
  adapter: Edge;
  /** Hosts for which certificates may be obtained, unless an API is asked. */
  allowed: Set<string>;
  /** Has this API asked from now on. */
  askAt(apiUrl: string): void;
  /** What Caddy has in its configuration under this `@id`, or undefined. */
  shown(id: string): Promise<unknown>;
  /** Puts a route beside those of tenants, past the adapter. */
  put(route: object): Promise<void>;
  /** Removes what has this `@id`, past the adapter. */
  take(id: string): Promise<void>;
  /** Publishes a TXT record. */
  publish(record: { name: string; value: string }): Promise<void>;
  /** Takes it back. */
  retract(record: { name: string }): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a {@link TestEdge}. */
export async function startTestEdge(programs: EdgePrograms): Promise<TestEdge> {
  const dir = mkdtempSync(join(tmpdir(), 'edge-'));
  const allowed = new Set<string>();
  let api: string | undefined;
  const isAllowed = async (path: string): Promise<boolean> => {
    if (api !== undefined) return (await fetch(`${api}${path}`)).ok;
    return allowed.has(new URL(path, 'http://edge').searchParams.get('domain') ?? '');
  };
  const asked = createServer((request, response) => {
    void isAllowed(request.url!).then(
      (may) => response.writeHead(may ? 200 : 404).end(),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => asked.listen(0, '127.0.0.1', resolve));
  const started: ServerProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((each) => each.stop()));
    asked.close();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const ports = {} as EdgePorts;
    for (const port of EDGE_PORTS) ports[port] = await freePort();
    const running = await runEdge({
      ...{ dir, ports, programs, apiUrl: `http://127.0.0.1:${(asked.address() as AddressInfo).port}` },
      spawn: async (spec) => {
        const process = await spawnServer({
          ...spec,
          logFile: join(dir, `${spec.name}.log`),
          pidFile: join(dir, `${spec.name}.pid`),
        });
        started.push(process);
        return process;
      },
    });
    return { running, allowed, askAt: (apiUrl) => void (api = apiUrl), stop, ...handlesOf(running) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function handlesOf(running: RunningEdge): Pick<TestEdge, 'adapter' | 'shown' | 'put' | 'take' | 'publish' | 'retract'> {
  const { address, adminUrl, upstream, storageDir, rootsFile, nameServerAdmin } = running;
  const trusted = readFileSync(rootsFile, 'utf8');
  const admin = createAdmin(adminUrl);
  const signal = (): AbortSignal => AbortSignal.timeout(20_000);
  const names = async (path: string, body: object): Promise<void> => {
    const { ok, status } = await fetch(`${nameServerAdmin}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!ok) throw new Error(`The name server answered ${status}.`);
  };
  return {
    adapter: createEdge({ address, adminUrl, upstream, storageDir, trusted }),
    shown: async (id) => (await admin.read(id, signal()))?.value,
    put: (route) => admin.append('tenants/routes', route, signal()),
    take: async (id) => {
      const part = await admin.read(id, signal());
      if (part) await admin.remove(id, part.etag, signal());
    },
    publish: ({ name, value }) => names('/set-txt', { host: `${name}.`, value }),
    retract: ({ name }) => names('/clear-txt', { host: `${name}.` }),
  };
}
