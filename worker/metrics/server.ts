import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

/** Milliseconds within which the SDK must give its metrics; Prometheus itself waits for 10 s. */
const SDK_MS = 3_000;

/** What is served, and where. */
export interface MetricsServerOptions {
  registry: Registry;
  /** Where the SDK serves its own metrics. */
  sdkUrl: string;
  host: string;
  port: number;
}

/**
 * Serves `GET /metrics`: the worker’s own metrics and those of Temporal’s SDK, as one target for Prometheus. Rejects if the port is taken.
 */
export async function serveMetrics({ registry, sdkUrl, host, port }: MetricsServerOptions): Promise<{
  port: number;
  close(): Promise<void>;
}> {
  const server = createServer((request, response) => {
    const [path] = (request.url ?? '').split('?');
    if (request.method !== 'GET' || path !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Metrics are at GET /metrics.\n');
      return;
    }
    void Promise.all([registry.metrics(), sdkMetrics(sdkUrl)]).then(
      ([own, sdk]) => response.writeHead(200, { 'content-type': registry.contentType }).end(`${own}\n${sdk}`),
      () => response.writeHead(500, { 'content-type': 'text/plain' }).end('The metrics could not be collected.\n'),
    );
  });
  server.listen(port, host);
  await once(server, 'listening');
  // The worker ends when its work has, also while Prometheus keeps a connection.
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Empty while the SDK does not answer, so that the rest can be scraped. */
async function sdkMetrics(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(SDK_MS) });
    return answer.ok ? await answer.text() : '';
  } catch {
    return '';
  }
}
