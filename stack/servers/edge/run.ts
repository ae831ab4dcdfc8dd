import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { EDGE_ASK_PATH } from '../../../contract/edge/route';
import { baseConfig } from '../../../providers/edge/caddy/base-config';
import type { ProcessSpec } from '../../processes/context';
import type { ServerProcess } from '../../processes/process';
import { runTool } from '../../processes/tool';
import type { EdgePrograms, RunningEdge } from '../../types';

/** The ports of the edge and of what it needs. */
export const EDGE_PORTS = ['http', 'https', 'admin', 'upstream', 'acme', 'acme.roots', 'names', 'names.admin'] as const;

/** The number of each of {@link EDGE_PORTS}. */
export type EdgePorts = Record<(typeof EDGE_PORTS)[number], number>;

/** Options of {@link runEdge}. */
export interface EdgeOptions {
  /** Folder for configuration and certificates. */
  dir: string;
  ports: EdgePorts;
  programs: EdgePrograms;
  /** Base URL of the API that says for which hosts certificates may be obtained. */
  apiUrl: string;
  spawn(spec: ProcessSpec): Promise<ServerProcess>;
}

/**
 * Starts a name server in which every name leads to this machine, an authority that checks and signs as a public one does, and Caddy, whose
 * upstream is a page that names the tenant.
 */
export async function runEdge({ dir, ports, programs, apiUrl, spawn }: EdgeOptions): Promise<RunningEdge> {
  const at = (port: (typeof EDGE_PORTS)[number]): string => `127.0.0.1:${ports[port]}`;
  const file = (name: string): string => join(dir, name);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  // The authority is another one after each start, so its earlier certificates are worth nothing.
  rmSync(file('storage'), { recursive: true, force: true });
  await ownCertificate(file('acme.pem'), file('acme.key'));
  await spawn({
    name: 'edge.names',
    command: programs.nameServer,
    args: [
      ...['-dnsserver', at('names'), '-management', at('names.admin'), '-defaultIPv4', '127.0.0.1', '-defaultIPv6', ''],
      ...['-http01', '', '-https01', '', '-tlsalpn01', '', '-doh', ''],
    ],
    isReady: async () => (await post(`http://${at('names.admin')}/clear-txt`, { host: 'ready.invalid.' })) === 200,
  });
  writeFileSync(file('pebble.json'), JSON.stringify({ pebble: authority(ports, file) }));
  await spawn({
    name: 'edge.acme',
    command: programs.pebble,
    args: ['-config', file('pebble.json'), '-dnsserver', at('names')],
    // Without these, it waits up to 15 s before it checks, and refuses some good requests to see whether clients try again.
    env: { PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' },
    isReady: async () => {
      writeFileSync(file('roots.pem'), await rootOf(at('acme.roots'), file('acme.pem')));
      return true;
    },
  });
  const config = caddyConfig({ ports, at, file, apiUrl });
  forgetOtherRoutes(file, config);
  await spawn({
    name: 'edge.caddy',
    command: programs.caddy,
    // With its last configuration, so that it has the tenants' routes again.
    args: ['run', '--resume', '--config', file('caddy.json')],
    env: { HOME: dir, XDG_CONFIG_HOME: file('config'), XDG_DATA_HOME: file('data') },
    isReady: async () => (await fetch(`http://${at('admin')}/id/tenants`, { headers: ownOrigin(at('admin')) })).ok,
  });
  return {
    address: at('https'),
    httpUrl: `http://${at('http')}`,
    adminUrl: `http://${at('admin')}`,
    upstream: at('upstream'),
    storageDir: file('storage'),
    rootsFile: file('roots.pem'),
    nameServer: at('names'),
    nameServerAdmin: `http://${at('names.admin')}`,
  };
}

/** Caddy refuses requests with the headers of a browser, such as those of `fetch`, without an origin that is its own. */
function ownOrigin(at: string): { origin: string } {
  return { origin: `http://${at}` };
}

type Files = (name: string) => string;

function authority(ports: EdgePorts, file: Files): object {
  return {
    listenAddress: `127.0.0.1:${ports.acme}`,
    managementListenAddress: `127.0.0.1:${ports['acme.roots']}`,
    certificate: file('acme.pem'),
    privateKey: file('acme.key'),
    httpPort: ports.http,
    tlsPort: ports.https,
    keyAlgorithm: 'ecdsa',
    retryAfter: { authz: 1, order: 1 },
  };
}

function caddyConfig(
  o: Pick<EdgeOptions, 'ports' | 'apiUrl'> & { at: (port: 'admin' | 'acme') => string; file: Files },
): object {
  const { ports, at, file, apiUrl } = o;
  const base = baseConfig({
    ...{ admin: at('admin'), host: '127.0.0.1', httpPort: ports.http, httpsPort: ports.https },
    storageDir: file('storage'),
    askUrl: `${apiUrl}${EDGE_ASK_PATH}`,
    acme: { directoryUrl: `https://${at('acme')}/dir`, trustedRootFiles: [file('acme.pem')] },
  });
  const config = JSON.parse(JSON.stringify(base)) as { apps: { http: { servers: Record<string, object> } } };
  const body = 'This is the application, called by tenant {http.request.header.X-Tenant-Id} as {http.request.host}.\n';
  config.apps.http.servers['application'] = {
    listen: [`127.0.0.1:${ports.upstream}`],
    automatic_https: { disable: true },
    routes: [{ handle: [{ handler: 'static_response', body }] }],
  };
  return config;
}

/** Under another configuration than the last time, such as with other ports, Caddy must not resume the one that it has saved. */
function forgetOtherRoutes(file: Files, config: object): void {
  const text = JSON.stringify(config, undefined, 2);
  if (existsSync(file('caddy.json')) && readFileSync(file('caddy.json'), 'utf8') !== text)
    rmSync(file('config'), { recursive: true, force: true });
  writeFileSync(file('caddy.json'), text);
}

/** The certificate with which the authority's own API answers, and its key. */
async function ownCertificate(certificate: string, key: string): Promise<void> {
  if (existsSync(certificate)) return;
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650'];
  await runTool('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', certificate], {});
}

/** The root of the certificates that the authority signs; a new one at each of its starts. */
async function rootOf(at: string, trusted: string): Promise<string> {
  const dispatcher = new Agent({ connect: { ca: readFileSync(trusted) } });
  try {
    const { statusCode, body } = await request(`https://${at}/roots/0`, { dispatcher });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`The authority answered ${statusCode}.`);
    return text;
  } finally {
    await dispatcher.close();
  }
}

async function post(url: string, body: object): Promise<number> {
  return (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).status;
}
