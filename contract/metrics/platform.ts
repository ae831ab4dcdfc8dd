import { BILLING_PROBLEMS } from '../billing/problems';
import { MAIL_RECIPIENTS, UNDELIVERED_STATES } from '../maintenance/mail-delivery';
import { FINDING_REASONS } from '../maintenance/sweeps';
import { PLANS } from '../orders/order';
import { ANSWER_SECONDS, CALL_SECONDS, QUEUE_SECONDS } from './buckets';
import type { Metric } from './metric';
import { REGION } from './operations';
import { CALL_OUTCOMES } from './outcomes';

const cell = { region: REGION, kind: ['database', 'storage', 'compute'], cell: { bound: 'the regions file' } } as const;
const task_queue = { bound: 'two queues, and one for each region' };
const provider = { bound: 'the adapters in `providers/`' };

/** Metrics of the program, of what it rests on and of what it keeps in order. */
export const PLATFORM_METRICS = {
  provisioner_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels say what runs.',
    labels: { version: { bound: 'one a process' }, build: { bound: 'one a process' } },
    from: ['api', 'worker'],
  },
  provisioner_http_request_duration_seconds: {
    type: 'histogram',
    help: 'Duration of requests to the API, without event streams.',
    labels: {
      method: { bound: 'the methods that Node knows' },
      route: { bound: 'the paths of the OpenAPI document, with placeholders' },
      status: { bound: 'the status codes of HTTP' },
    },
    from: ['api'],
    buckets: ANSWER_SECONDS,
  },
  provisioner_event_streams: {
    type: 'gauge',
    help: 'Open event streams of this process, and requests that wait for events.',
    labels: {},
    from: ['api'],
  },
  provisioner_registry_connections: {
    type: 'gauge',
    help: 'Connections of this process to the registry. `waiting`: work that waits for one.',
    labels: { state: ['busy', 'idle', 'waiting'] },
    from: ['api', 'worker'],
  },
  provisioner_figures_timestamp_seconds: {
    type: 'gauge',
    help: 'When the gauges that come from the registry were computed, in seconds since 1970.',
    labels: {},
    from: 'registry',
  },
  provisioner_activity_queue_wait_seconds: {
    type: 'histogram',
    help: 'Time that an attempt of an activity waited for a worker.',
    labels: { task_queue },
    from: ['worker'],
    buckets: QUEUE_SECONDS,
  },
  provisioner_task_queue_polled: {
    type: 'gauge',
    help: '1 if a worker polls the task queue, 0 if none does; absent while Temporal does not answer.',
    labels: { task_queue },
    from: 'registry',
  },
  provisioner_provider_calls_total: {
    type: 'counter',
    help: 'Calls to providers by their outcome.',
    labels: {
      provider,
      operation: { bound: 'the calls that the adapters make, with placeholders for ids' },
      outcome: CALL_OUTCOMES,
    },
    from: ['worker'],
  },
  provisioner_provider_call_duration_seconds: {
    type: 'histogram',
    help: 'Duration of calls to providers.',
    labels: { provider, operation: { bound: 'the calls that the adapters make, with placeholders for ids' } },
    from: ['worker'],
    buckets: CALL_SECONDS,
  },
  provisioner_cell_capacity: {
    type: 'gauge',
    help: 'Capacity of a cell: tenants for databases, buckets for storage, milli-CPU for compute.',
    labels: cell,
    from: 'registry',
  },
  provisioner_cell_used: {
    type: 'gauge',
    help: 'Reserved part of a cell’s capacity, in the same units.',
    labels: cell,
    from: 'registry',
  },
  provisioner_event_reader_lag_events: {
    type: 'gauge',
    help: 'Events that a reader inside the product has not handled yet.',
    labels: { reader: { bound: 'the readers in the code' } },
    from: 'registry',
  },
  provisioner_event_reader_lag_seconds: {
    type: 'gauge',
    help: 'Age of the oldest event that a reader inside the product has not handled yet; 0 if it has handled all.',
    labels: { reader: { bound: 'the readers in the code' } },
    from: 'registry',
  },
  provisioner_relay_backlog: {
    type: 'gauge',
    help: 'Starts and decisions that have not reached Temporal yet.',
    labels: { what: ['starts', 'decisions'] },
    from: 'registry',
    zeros: true,
  },
  provisioner_undelivered_mails: {
    type: 'gauge',
    help: 'Mail of the last two weeks that has not reached its recipient.',
    labels: { to: MAIL_RECIPIENTS, state: UNDELIVERED_STATES },
    from: 'registry',
    zeros: true,
  },
  provisioner_quarantine: {
    type: 'gauge',
    help: 'Open findings of sweeps.',
    labels: { reason: FINDING_REASONS },
    from: 'registry',
    zeros: true,
  },
  provisioner_billing_findings: {
    type: 'gauge',
    help: 'Open findings in billing.',
    labels: { problem: BILLING_PROBLEMS },
    from: 'registry',
    zeros: true,
  },
  provisioner_audit_findings: {
    type: 'gauge',
    help: 'Open audit findings: trails that do not match their signed head.',
    labels: {},
    from: 'registry',
    zeros: true,
  },
  provisioner_oldest_backup_seconds: {
    type: 'gauge',
    help: 'Of the tenants of a plan whose backups are scheduled, the age of the newest good backup of the one that has the oldest; a tenant without any counts from its beginning.',
    labels: { plan: PLANS },
    from: 'registry',
    zeros: true,
  },
} as const satisfies Record<string, Metric>;
