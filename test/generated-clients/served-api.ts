import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startApiHarness, type ApiHarness } from '../helpers/api';
import { MemoryDirectory } from '../helpers/scim/memory-directory';

/** The API on a port of its own. */
export interface ServedApi extends Omit<ApiHarness, 'as'> {
  url: string;
}

/** Serves the real routes on a registry of their own and on directories in memory; Temporal is only told, and nothing runs. */
export async function serveApi(): Promise<ServedApi> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { stop, ...harness } = await startApiHarness({ publicUrl: url, directory: new MemoryDirectory() });
  server.on('request', harness.app);
  return {
    ...harness,
    url,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await stop();
    },
  };
}
