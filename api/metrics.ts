import type { RequestHandler } from 'express';
import type pg from 'pg';
import { Gauge, Histogram, Registry } from 'prom-client';
import { MAIL_RECIPIENTS, UNDELIVERED_STATES } from '../contract/maintenance/mail-delivery';
import { STATUSES } from '../contract/operations/states';
import { FINDING_REASONS } from '../contract/maintenance/sweeps';
import { countDiscrepancies } from '../registry/audit/findings';
import { countUndeliveredMails } from '../registry/operations/mails';
import { EVENT_STREAM } from './http/send-stream';
import { countByStatus } from '../registry/views/operations';
import { countOpenFindings } from '../registry/ledger/quarantine';
import { countUndelivered } from '../registry/operations/outstanding';
import { COUNTED_ENDPOINTS, countEndpoints, countOpenMessages, OPEN_MESSAGES } from '../registry/webhooks/counts';

/** This API's metrics: request durations, operations by status, the relay's backlog, undelivered mail, quarantine, audit findings, webhooks. */
export interface Metrics {
  registry: Registry;
  /** Open event streams and requests that wait for events. */
  openStreams: Gauge;
  /** Measures every request it sees. */
  measure: RequestHandler;
}

/** Builds the metrics. Those that count rows of the registry are read at each scrape. */
export function createMetrics(pool: pg.Pool): Metrics {
  const registry = new Registry();
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of requests in seconds.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  new Gauge({
    name: 'provisioner_operations',
    help: 'Operations by status.',
    labelNames: ['status'],
    registers: [registry],
    async collect() {
      const counted = new Map((await countByStatus(pool)).map(({ status, count }) => [status, count]));
      for (const status of STATUSES) this.set({ status }, counted.get(status) ?? 0);
    },
  });
  new Gauge({
    name: 'provisioner_relay_backlog',
    help: 'Starts and decisions that have not reached Temporal yet.',
    labelNames: ['what'],
    registers: [registry],
    async collect() {
      const { starts, decisions } = await countUndelivered(pool);
      this.set({ what: 'starts' }, starts);
      this.set({ what: 'decisions' }, decisions);
    },
  });
  new Gauge({
    name: 'provisioner_undelivered_mails',
    help: 'Mail of the last two weeks that has not reached its recipient, by recipient and state.',
    labelNames: ['to', 'state'],
    registers: [registry],
    async collect() {
      const counted = new Map(
        (await countUndeliveredMails(pool)).map(({ recipient, state, count }) => [`${recipient} ${state}`, count]),
      );
      for (const to of MAIL_RECIPIENTS)
        for (const state of UNDELIVERED_STATES) this.set({ to, state }, counted.get(`${to} ${state}`) ?? 0);
    },
  });
  new Gauge({
    name: 'provisioner_quarantine',
    help: 'Open findings of sweeps by reason.',
    labelNames: ['reason'],
    registers: [registry],
    async collect() {
      const counted = new Map((await countOpenFindings(pool)).map(({ reason, count }) => [reason, count]));
      for (const reason of FINDING_REASONS) this.set({ reason }, counted.get(reason) ?? 0);
    },
  });
  new Gauge({
    name: 'provisioner_audit_findings',
    help: 'Open audit findings: trails that do not match their signed head.',
    registers: [registry],
    async collect() {
      this.set(await countDiscrepancies(pool));
    },
  });
  const openStreams = new Gauge({
    name: 'provisioner_event_streams',
    help: 'Open event streams of this process, and requests that wait for events.',
    registers: [registry],
  });
  measureWebhooks(pool, registry);
  return {
    registry,
    openStreams,
    measure: (request, response, next) => {
      const end = duration.startTimer();
      response.once('finish', () => {
        // How long a stream was open says nothing about the API.
        if (String(response.getHeader('content-type')).startsWith(EVENT_STREAM)) return;
        // Labelled with the route, because paths contain ids and would give an unbounded number of series.
        end({ method: request.method, route: request.routePath ?? 'none', status: String(response.statusCode) });
      });
      next();
    },
  };
}

function measureWebhooks(pool: pg.Pool, registry: Registry): void {
  new Gauge({
    name: 'provisioner_webhook_endpoints',
    help: 'Webhook endpoints: enabled, enabled but failing, and disabled.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const counted = new Map((await countEndpoints(pool)).map(({ state, count }) => [state, count]));
      for (const state of COUNTED_ENDPOINTS) this.set({ state }, counted.get(state) ?? 0);
    },
  });
  new Gauge({
    name: 'provisioner_webhook_messages',
    help: 'Messages to webhook endpoints whose delivery is open.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const counted = new Map((await countOpenMessages(pool)).map(({ state, count }) => [state, count]));
      for (const state of OPEN_MESSAGES) this.set({ state }, counted.get(state) ?? 0);
    },
  });
}
