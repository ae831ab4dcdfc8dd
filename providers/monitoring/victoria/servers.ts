import type { MonitoringSettings } from '../../../config/regions';
import type { Access } from '../../../contract/tenants/access';
import { classifyHttp, failure } from '../../port/failures';
import { requestSignal } from '../../port/request-signal';
import { tracedCall } from '../../port/traced-call';
import { firing } from './alert-rules';

/** Time limit for one request in milliseconds; far below an activity's 60 s. */
const TIMEOUT_MS = 10_000;

/** An answer of one of the servers. */
export interface Answer {
  status: number;
  text: string;
}

/** A request: a path with parameters at one of the servers. */
export interface Request {
  method?: 'GET' | 'POST';
  path: string;
  parameters?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
}

/**
 * A region's servers. Sources: the HTTP APIs of VictoriaMetrics 1.151 (https://docs.victoriametrics.com/victoriametrics/), of vmauth and vmalert
 * beside it, and of VictoriaLogs 1.52 (https://docs.victoriametrics.com/victorialogs/). Methods throw classified failures.
 */
export interface Servers {
  /** A request through the gateway with this key, or without one. Any status is an answer. */
  atGateway(request: Request, key: string | undefined, signal: AbortSignal): Promise<Answer>;
  /** Makes gateway and alert rules read their files again. They do so soon after the answer. */
  reload(signal: AbortSignal): Promise<void>;
  /** What a key may do, tried at the gateway; undefined while its answers contradict one another. */
  tryKey(key: string, signal: AbortSignal): Promise<Access | undefined>;
  /** Names of the tenant's alerts that are evaluated. */
  alertsOf(tenantId: string, signal: AbortSignal): Promise<string[]>;
  /** Throws `ProviderRefused` for an expression that the store of metrics does not understand. */
  checkExpression(name: string, expression: string, signal: AbortSignal): Promise<void>;
  /** Makes everything that was sent so far readable, which otherwise takes a second or two. */
  flush(signal: AbortSignal): Promise<void>;
  hasMetrics(tenantId: string, signal: AbortSignal): Promise<boolean>;
  hasLogs(account: number, signal: AbortSignal): Promise<boolean>;
  /** Deletes all series of the tenant. They are gone for readers when this resolves. */
  deleteMetrics(tenantId: string, signal: AbortSignal): Promise<void>;
  /** Begins to delete all logs of the account. */
  deleteLogs(account: number, signal: AbortSignal): Promise<void>;
  /** The retention that both stores were started with, as they say it. */
  retention(signal: AbortSignal): Promise<{ metrics: string; logs: string }>;
}

/** The servers of one region. */
export function connectServers(settings: MonitoringSettings): Servers {
  const { url, metricsUrl, logsUrl, alertsUrl, reloadUrls } = settings;

  async function send(base: string, request: Request, signal: AbortSignal): Promise<Answer> {
    const { method = 'GET', path, parameters = {}, headers = {}, body } = request;
    const target = new URL(`${base.replace(/\/$/, '')}${path}`);
    for (const [name, value] of Object.entries(parameters)) target.searchParams.append(name, value);
    return tracedCall(
      { provider: 'victoria', operation: `${method} ${path}` },
      async () => {
        const init = { method, headers, ...(body === undefined ? {} : { body }) };
        const answer = await fetch(target, { ...init, signal: requestSignal(signal, TIMEOUT_MS) });
        return { status: answer.status, text: await answer.text() };
      },
      ({ status }) => status,
    );
  }

  async function ask(base: string, request: Request, signal: AbortSignal): Promise<string> {
    const { status, text } = await send(base, request, signal);
    if (status < 200 || status > 299) throw classifyHttp(status, `${settings.name}, ${request.path}`);
    return text;
  }

  async function json<T>(base: string, request: Request, signal: AbortSignal): Promise<T> {
    const text = await ask(base, request, signal);
    try {
      return JSON.parse(text) as T;
    } catch {
      throw failure('OutcomeUnknown', `${settings.name}, ${request.path}: the answer is not JSON.`);
    }
  }

  const ofAccount = (account: number) => ({ AccountID: String(account), ProjectID: '0' });
  const atGateway: Servers['atGateway'] = (request, key, signal) =>
    send(
      url,
      { ...request, headers: { ...request.headers, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) } },
      signal,
    );

  return {
    atGateway,

    async reload(signal) {
      await Promise.all(
        reloadUrls.map(async (address) => {
          const { origin, pathname, searchParams } = new URL(address);
          await ask(origin, { path: pathname, parameters: Object.fromEntries(searchParams) }, signal);
        }),
      );
    },

    async tryKey(key, signal) {
      const [read, write] = await Promise.all([
        atGateway({ path: '/api/v1/query', parameters: { query: 'vector(1)' } }, key, signal),
        // Nothing is written: there is no sample in it.
        atGateway({ method: 'POST', path: '/api/v1/import/prometheus', body: '' }, key, signal),
      ]);
      for (const { status } of [read, write])
        if (status === 429 || status >= 500) throw classifyHttp(status, `${settings.name}, trying a key`);
      if (read.status === 401 && write.status === 401) return 'closed';
      if (read.status !== 200) return undefined;
      // The gateway answers 400 for a path that an entry does not list.
      if (write.status === 400) return 'read-only';
      return write.status < 300 ? 'open' : undefined;
    },

    async alertsOf(tenantId, signal) {
      interface Rules {
        data: { groups: { name: string; rules: { name: string }[] }[] };
      }
      const parameters = { 'rule_group[]': tenantId };
      const { data } = await json<Rules>(alertsUrl, { path: '/api/v1/rules', parameters }, signal);
      return data.groups.filter(({ name }) => name === tenantId).flatMap(({ rules }) => rules.map(({ name }) => name));
    },

    async checkExpression(name, expression, signal) {
      const parameters = { query: firing(expression) };
      const { status } = await send(metricsUrl, { path: '/api/v1/query', parameters }, signal);
      if (status === 400 || status === 422)
        throw failure(
          'ProviderRefused',
          `${settings.name} does not understand the expression of the alert ${name} (${status}). Correct it in the plan’s template.`,
        );
      if (status !== 200) throw classifyHttp(status, `${settings.name}, checking the alert ${name}`);
    },

    async flush(signal) {
      await Promise.all([metricsUrl, logsUrl].map((base) => ask(base, { path: '/internal/force_flush' }, signal)));
    },

    async hasMetrics(tenantId, signal) {
      const parameters = { 'match[]': `{tenant="${tenantId}"}`, start: '1', limit: '1' };
      const { data } = await json<{ data: unknown[] }>(metricsUrl, { path: '/api/v1/series', parameters }, signal);
      return data.length > 0;
    },

    async hasLogs(account, signal) {
      const request = { path: '/select/logsql/query', parameters: { query: '*', limit: '1' } };
      return (await ask(logsUrl, { ...request, headers: ofAccount(account) }, signal)).trim() !== '';
    },

    async deleteMetrics(tenantId, signal) {
      const parameters = { 'match[]': `{tenant="${tenantId}"}` };
      await ask(metricsUrl, { method: 'POST', path: '/api/v1/admin/tsdb/delete_series', parameters }, signal);
    },

    async deleteLogs(account, signal) {
      const request = { method: 'POST', path: '/delete/run_task', parameters: { filter: '*' } } as const;
      await ask(logsUrl, { ...request, headers: ofAccount(account) }, signal);
    },

    async retention(signal) {
      const stated = async (base: string): Promise<string> =>
        /^-retentionPeriod="?([^"\n]*)"?$/m.exec(await ask(base, { path: '/flags' }, signal))?.[1] ?? 'not stated';
      const [metrics, logs] = await Promise.all([stated(metricsUrl), stated(logsUrl)]);
      return { metrics, logs };
    },
  };
}
