import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { writeJson } from '../../processes/state';

/** Address of an API server, and an administrator's credentials. */
export interface Access {
  /** `https://127.0.0.1:PORT` */
  server: string;
  /** The certificate(s) to trust, in PEM. */
  ca: string;
  token: string;
}

/** Writes a kubeconfig that only its owner can read, as JSON, which is valid YAML. */
export function writeKubeconfig(file: string, access: Access): void {
  const name = 'local';
  writeJson(file, {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: {
          server: access.server,
          'certificate-authority-data': Buffer.from(access.ca).toString('base64'),
        },
      },
    ],
    users: [{ name, user: { token: access.token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}

const kubeconfig = z.object({
  'current-context': z.string(),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string() }) })),
  clusters: z.array(z.object({ name: z.string(), cluster: z.object({ server: z.url() }) })),
});

/** The API server's address in a kubeconfig's current context, or undefined if the file has none. */
export function serverOf(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const parsed = kubeconfig.safeParse(parse(readFileSync(file, 'utf8')));
  if (!parsed.success) return undefined;
  const current = parsed.data.contexts.find((entry) => entry.name === parsed.data['current-context']);
  return parsed.data.clusters.find((entry) => entry.name === current?.context.cluster)?.cluster.server;
}
