import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { load } from 'protobufjs';
import { freePort } from '../../../stack/processes/ports';
import { eventually } from '../../stack/eventually';
import { spansIn, type ReceivedSpan } from './spans';

/** Receives traces by OTLP over HTTP. */
export interface Collector {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  endpoint: string;
  spans(): ReceivedSpan[];
  stop(): Promise<void>;
}

/** The OpenTelemetry Collector if `OTELCOL_BIN` names one with an OTLP receiver and a file exporter; otherwise a receiver of the protocol. */
export function startCollector(): Promise<Collector> {
  const command = process.env.OTELCOL_BIN;
  return command === undefined ? startReceiver() : startRealCollector(command);
}

async function startReceiver(): Promise<Collector> {
  const schema = await load(join(__dirname, 'otlp.proto'));
  const request = schema.lookupType('ExportTraceServiceRequest');
  const spans: ReceivedSpan[] = [];
  const server = createServer((incoming, response) => {
    void buffer(incoming).then((body) => {
      const plain = request.toObject(request.decode(body), { longs: String, bytes: String });
      spans.push(...spansIn(withHexIds(plain)));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => spans,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** With the ids in hexadecimal digits, as in OTLP's JSON; other bytes are in base64. */
function withHexIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withHexIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]: [string, unknown]) => [
      key,
      /[a-z]Id$/.test(key) && typeof each === 'string' ? Buffer.from(each, 'base64').toString('hex') : withHexIds(each),
    ]),
  );
}

async function startRealCollector(command: string): Promise<Collector> {
  const dir = mkdtempSync(join(tmpdir(), 'otelcol-'));
  const file = join(dir, 'traces.jsonl');
  const address = `127.0.0.1:${await freePort()}`;
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: address } } } },
    exporters: { file: { path: file, flush_interval: '100ms' } },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { traces: { receivers: ['otlp'], exporters: ['file'] } },
    },
  };
  // The collector's YAML reader takes JSON.
  writeFileSync(join(dir, 'config.yaml'), JSON.stringify(config));
  const child = spawn(command, ['--config', join(dir, 'config.yaml')], { stdio: 'ignore' });
  const answers = () =>
    fetch(`http://${address}/`).then(
      () => true,
      () => false,
    );
  await eventually(answers, 30_000);
  return {
    endpoint: `http://${address}`,
    spans: () => {
      const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
      // The last line may still be being written.
      return lines.slice(0, -1).flatMap((line) => spansIn(JSON.parse(line)));
    },
    stop: async () => {
      child.kill();
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
