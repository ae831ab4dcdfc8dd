import type { RequestHandler } from 'express';
import type pg from 'pg';
import { Gauge, Histogram, Registry } from 'prom-client';
import { MAIL_RECIPIENTS, UNDELIVERED_STATES } from '../contract/mails';
import { STATUSES } from '../contract/states';
import { FINDING_REASONS } from '../contract/sweeps';
import { countDiscrepancies } from '../registry/audit-findings';
import { countUndeliveredMails } from '../registry/mails';
import { countByStatus } from '../registry/operation-views';
import { countOpenFindings } from '../registry/quarantine';
import { countUndelivered } from '../registry/undelivered';

/** This API's figures: how long requests take, how many operations stand where, what the relay still has to tell Temporal, what is in quarantine, and which audit trails do not hold. */
export interface Metrics {
  registry: Registry;
  /** Measures every request it sees. */
  measure: RequestHandler;
}

/** Builds the figures; those of the registry are counted when they are asked for. */
export function createMetrics(pool: pg.Pool): Metrics {
  const registry = new Registry();
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Seconds until a request was answered.',
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
    help: 'What Temporal has not been told yet.',
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
    help: 'Mail of the last two weeks that has not reached the person who waits for it, by recipient and state.',
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
    help: 'Open findings of the sweeper by reason.',
    labelNames: ['reason'],
    registers: [registry],
    async collect() {
      const counted = new Map((await countOpenFindings(pool)).map(({ reason, count }) => [reason, count]));
      for (const reason of FINDING_REASONS) this.set({ reason }, counted.get(reason) ?? 0);
    },
  });
  new Gauge({
    name: 'provisioner_audit_findings',
    help: 'Open findings: audit trails that are not what their signed head says.',
    registers: [registry],
    async collect() {
      this.set(await countDiscrepancies(pool));
    },
  });
  return {
    registry,
    measure: (request, response, next) => {
      const end = duration.startTimer();
      response.once('finish', () =>
        // The route, not the path: a path has ids, and there is no end of them.
        end({ method: request.method, route: request.routePath ?? 'none', status: String(response.statusCode) }),
      );
      next();
    },
  };
}
