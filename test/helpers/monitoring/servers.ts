import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { freePort } from '../../../stack/processes/ports';
import { spawnServer, type ServerProcess } from '../../../stack/processes/process';
import { MONITORING } from './rules';

/** One sample of an answer. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** Prometheus and Alertmanager, with the configuration that ships. */
export interface MonitoringServers {
  /** Address of Prometheus. */
  url: string;
  /** The answer to an expression. Throws if Prometheus does not understand it. */
  query(expression: string): Promise<Sample[]>;
  stop(): Promise<void>;
}

/**
 * Starts both. Of the files that ship only targets, the receivers’ addresses and times are replaced. `targets`: host and port by job.
 */
export async function startMonitoring(o: {
  targets: Record<string, string[]>;
  /** Receives what Alertmanager sends. */
  receiver: string;
}): Promise<MonitoringServers> {
  const dir = mkdtempSync(join(tmpdir(), 'monitoring-'));
  const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()];
  writeFileSync(join(dir, 'prometheus.yml'), prometheusConfig(o.targets, alertmanagerPort));
  writeFileSync(join(dir, 'alertmanager.yml'), alertmanagerConfig(o.receiver));
  const url = `http://127.0.0.1:${prometheusPort}`;
  const start = (name: string, config: string, port: number, more: string[]): Promise<ServerProcess> =>
    spawnServer({
      name,
      command: name,
      args: [`--config.file=${join(dir, config)}`, `--web.listen-address=127.0.0.1:${port}`, ...more],
      logFile: join(dir, `${name}.log`),
      pidFile: join(dir, `${name}.pid`),
      isReady: async () => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok,
    });
  const started = await Promise.allSettled([
    start('prometheus', 'prometheus.yml', prometheusPort, [`--storage.tsdb.path=${join(dir, 'prometheus')}`]),
    // Without its cluster, it opens no other port.
    start('prometheus-alertmanager', 'alertmanager.yml', alertmanagerPort, [
      `--storage.path=${join(dir, 'alertmanager')}`,
      '--cluster.listen-address=',
    ]),
  ]);
  const stop = async (): Promise<void> => {
    for (const each of started) if (each.status === 'fulfilled') await each.value.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  const failed = started.find((each) => each.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return {
    url,
    query: async (expression) => {
      const asked = `${url}/api/v1/query?query=${encodeURIComponent(expression)}`;
      const answer = (await (await fetch(asked, { signal: AbortSignal.timeout(20_000) })).json()) as Answer;
      if (answer.status !== 'success') throw new Error(`Prometheus refuses ${expression}: ${answer.error}`);
      return answer.data!.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
    },
    stop,
  };
}

interface Answer {
  status: 'success' | 'error';
  error?: string;
  data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
}

interface PrometheusConfig {
  global: Record<string, string>;
  rule_files: string[];
  alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] };
  scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
}

function prometheusConfig(targets: Record<string, string[]>, alertmanagerPort: number): string {
  const config = shipped<PrometheusConfig>('prometheus.yml');
  config.global = { scrape_interval: '2s', evaluation_interval: '2s' };
  config.rule_files = config.rule_files.map((pattern) => join(MONITORING, pattern));
  config.alerting.alertmanagers = [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }];
  for (const job of config.scrape_configs) job.static_configs = [{ targets: targets[job.job_name] ?? [] }];
  return stringify(config);
}

interface AlertmanagerConfig {
  route: Record<string, unknown>;
  receivers: { name: string; webhook_configs: { url: string }[] }[];
}

function alertmanagerConfig(receiver: string): string {
  const config = shipped<AlertmanagerConfig>('alertmanager.yml');
  config.route.group_wait = '1s';
  for (const { name, webhook_configs: webhooks } of config.receivers)
    for (const webhook of webhooks) webhook.url = `${receiver}/${name}`;
  return stringify(config);
}

function shipped<Config>(file: string): Config {
  return parse(readFileSync(join(MONITORING, file), 'utf8')) as Config;
}
