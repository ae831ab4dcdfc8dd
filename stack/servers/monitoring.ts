import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { openFolder } from '../../providers/monitoring/victoria/folder';
import { cached, platformKey } from '../fetching/cache';
import { goInstall } from '../fetching/go';
import { withPorts, type ServerContext, type StartServer } from '../processes/context';
import { versionOf } from '../processes/tool';

/** The servers, with the main packages of their programs and the versions that the product was tried with. */
const PROGRAMS = {
  'victoria-metrics': { of: 'github.com/VictoriaMetrics/VictoriaMetrics/app', version: '1.151.0' },
  vmauth: { of: 'github.com/VictoriaMetrics/VictoriaMetrics/app', version: '1.151.0' },
  vmalert: { of: 'github.com/VictoriaMetrics/VictoriaMetrics/app', version: '1.151.0' },
  'victoria-logs': { of: 'github.com/VictoriaMetrics/VictoriaLogs/app', version: '1.52.2' },
} as const;

type Program = keyof typeof PROGRAMS;

const RETENTION_DAYS = 7;

/** Metrics, logs, the gateway in front of both, and alert rules; for the first region. */
export const startMonitoring: StartServer = async (context) => {
  const commands = {} as Record<Program, string>;
  // One after the other: together they would compile the parts that they share several times.
  for (const program of Object.keys(PROGRAMS) as Program[]) commands[program] = await findProgram(context, program);
  context.tell('starting');
  const names = ['metrics', 'logs', 'gateway', 'gateway-reload', 'alerts'] as const;
  return withPorts(
    context.state,
    names.map((name) => `monitoring.${name}`),
    async (ports) => {
      const at = (name: (typeof names)[number]): string => `127.0.0.1:${ports[`monitoring.${name}`]}`;
      const urlOf = (name: (typeof names)[number]): string => `http://${at(name)}`;
      const folder = join(context.dir, 'configuration');
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      await openFolder({ folder, metricsUrl: urlOf('metrics'), logsUrl: urlOf('logs') }).begin();
      const notifier = join(folder, 'notifier.yml');
      tellAlerts(notifier, undefined);
      const start = (name: string, program: Program, ready: string, args: string[]): Promise<unknown> =>
        context.spawn({
          name: `monitoring.${name}`,
          command: commands[program],
          args: [...args, '-loggerLevel=WARN'],
          isReady: async () => (await fetch(`${ready}/health`)).ok,
        });
      const stored = (name: string): string[] => [
        `-storageDataPath=${join(context.dir, name)}`,
        `-retentionPeriod=${RETENTION_DAYS}d`,
      ];
      await Promise.all([
        start('metrics', 'victoria-metrics', urlOf('metrics'), [
          `-httpListenAddr=${at('metrics')}`,
          ...stored('metrics'),
          '-memory.allowedBytes=64MB',
          // Without it a query sees nothing of the last 30 seconds.
          '-search.latencyOffset=0s',
        ]),
        start('logs', 'victoria-logs', urlOf('logs'), [
          `-httpListenAddr=${at('logs')}`,
          ...stored('logs'),
          '-delete.enable',
        ]),
      ]);
      await Promise.all([
        start('gateway', 'vmauth', urlOf('gateway-reload'), [
          `-httpListenAddr=${at('gateway')}`,
          `-httpInternalListenAddr=${at('gateway-reload')}`,
          `-auth.config=${join(folder, 'auth.yml')}`,
        ]),
        start('alerts', 'vmalert', urlOf('alerts'), [
          `-httpListenAddr=${at('alerts')}`,
          `-rule=${join(folder, 'rules', '*.yml')}`,
          `-datasource.url=${urlOf('metrics')}`,
          `-notifier.config=${notifier}`,
          '-evaluationInterval=5s',
          // Without it every alert comes 30 seconds later.
          '-rule.evalDelay=0s',
        ]),
      ]);
      return {
        monitoring: {
          url: urlOf('gateway'),
          metricsUrl: urlOf('metrics'),
          logsUrl: urlOf('logs'),
          alertsUrl: urlOf('alerts'),
          reloadUrls: [`${urlOf('gateway-reload')}/-/reload`, `${urlOf('alerts')}/-/reload`],
          folder,
          notifier,
          retentionDays: RETENTION_DAYS,
        },
      };
    },
  );
};

/** Writes where the server of alert rules sends alerts, which it reads when it is told to reload; undefined: nowhere. */
export function tellAlerts(file: string, to: { url: string; token: string } | undefined): void {
  const { host, pathname, protocol } = new URL(to?.url ?? 'http://127.0.0.1');
  const config = to
    ? {
        scheme: protocol.replace(':', ''),
        path_prefix: pathname,
        static_configs: [{ targets: [host], bearer_token: to.token }],
      }
    : { static_configs: [] };
  writeFileSync(file, stringify(config), { mode: 0o600 });
}

async function findProgram(context: ServerContext, program: Program): Promise<string> {
  const { of, version } = PROGRAMS[program];
  const installed = await versionOf(program, ['-version']);
  if (installed?.includes(`v${version}`)) {
    context.tell('found', `${program} ${version} on PATH`);
    return program;
  }
  const fill = async (into: string): Promise<void> => {
    context.tell('building', `${program} ${version} with Go; takes a minute, once`);
    const onProgress = (detail: string): void => context.tell('building', `${program}: ${detail}`);
    await goInstall(`${of}/${program}@v${version}`, { into, signal: context.signal, onProgress });
  };
  const dir = await cached(platformKey(program, version), fill, {
    signal: context.signal,
    onWait: (pid) => context.tell('building', `process ${pid} is already building ${program}`),
  });
  context.tell('found', `${program} ${version} in the cache`);
  return join(dir, program);
}
