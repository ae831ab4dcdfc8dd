/** Series and their values, one a minute in Prometheus’s notation: `0+1x60` rises by one for an hour. */
type Series = Record<string, string>;

/** When an alert fires, and when it does not although it might. */
export interface AlertCase {
  fires: { series: Series; at: string; labels?: Record<string, string> };
  quiet: { why: string; series: Series; at: string };
  /** Between two values; a minute by default. */
  interval?: string;
}

/** The same series from two API processes, which show the same numbers. */
function fromBoth(series: Series): Series {
  return Object.fromEntries(
    Object.entries(series).flatMap(([name, values]) =>
      ['api-1:8080', 'api-2:8080'].map((instance) => [name.replace(/\}$/, `,instance="${instance}"}`), values]),
    ),
  );
}

const ended = (outcome: string): string =>
  `provisioner_operations_ended_total{kind="provision",plan="starter",outcome="${outcome}"}`;
const quick = 'provisioner_operation_work_seconds_bucket{kind="provision",plan="starter",le="300"}';
const all = 'provisioner_operation_work_seconds_count{kind="provision",plan="starter"}';
const open = (status: string): string => `provisioner_operations{kind="deprovision",status="${status}"}`;
const cell = (what: 'capacity' | 'used', name = 'db-1'): string =>
  `provisioner_cell_${what}{region="eu-central",kind="database",cell="${name}"}`;
const calls = (outcome: string): string =>
  `provisioner_provider_calls_total{provider="stripe",operation="POST /v1/customers",outcome="${outcome}"}`;
const wait = (le: string): string =>
  `provisioner_activity_queue_wait_seconds_bucket{task_queue="region.eu-central",le="${le}"}`;
const requests = (status: number): string =>
  `provisioner_http_request_duration_seconds_count{method="GET",route="/v1/tenants",status="${status}"}`;
const backup = (plan: string): string => `provisioner_oldest_backup_seconds{plan="${plan}"}`;
const attempts = (outcome: string): string => `provisioner_webhook_attempts_total{outcome="${outcome}"}`;
const messages = (state: string): string => `provisioner_webhook_messages{state="${state}"}`;
const up = (job: string, instance: string): string => `up{job="${job}",instance="${instance}"}`;

/** A gauge that is too high for long enough, and one that is 0. */
function whileAbove0(series: string, labels: Record<string, string>, at = '10m'): AlertCase {
  return {
    fires: { series: fromBoth({ [series]: '1x500' }), at, labels },
    quiet: { why: 'there are none', series: fromBoth({ [series]: '0x500' }), at },
  };
}

/** A case for each alert, by its name. */
export const ALERT_CASES: Record<string, AlertCase> = {
  ProvisionerSuccessBudgetBurnsFast: {
    fires: {
      series: fromBoth({ [ended('failed')]: '0+1x120', [ended('succeeded')]: '0+3x120' }),
      at: '70m',
      labels: { kind: 'provision' },
    },
    quiet: {
      why: 'two failures are too few, also if two API processes show them',
      series: fromBoth({ [ended('failed')]: '0x54 1x1 2x80', [ended('succeeded')]: '0x140' }),
      at: '59m',
    },
  },
  ProvisionerSuccessBudgetBurnsSlowly: {
    interval: '10m',
    fires: {
      series: fromBoth({ [ended('failed')]: '0+1x500', [ended('succeeded')]: '0+20x500' }),
      at: '26h',
      labels: { kind: 'provision' },
    },
    quiet: {
      why: 'the objective allows so many, and orders that were wrong do not count',
      series: fromBoth({
        [ended('failed')]: '0+1x500',
        [ended('refused')]: '0+100x500',
        [ended('succeeded')]: '0+300x500',
      }),
      at: '26h',
    },
  },
  ProvisionerDurationBudgetBurnsFast: {
    fires: { series: fromBoth({ [quick]: '0+1x120', [all]: '0+5x120' }), at: '70m' },
    quiet: { why: 'most are quick', series: fromBoth({ [quick]: '0+4x120', [all]: '0+5x120' }), at: '70m' },
  },
  ProvisionerDurationBudgetBurnsSlowly: {
    interval: '10m',
    fires: { series: fromBoth({ [quick]: '0+4x500', [all]: '0+5x500' }), at: '26h' },
    quiet: {
      why: 'the objective allows so many',
      series: fromBoth({ [quick]: '0+99x500', [all]: '0+100x500' }),
      at: '26h',
    },
  },
  ProvisionerRunStuck: {
    fires: {
      series: fromBoth({ 'provisioner_longest_idle_seconds{status="provisioning"}': '60+60x120' }),
      at: '40m',
      labels: { status: 'provisioning' },
    },
    quiet: {
      why: 'a run shows signs of life now and then',
      series: fromBoth({ 'provisioner_longest_idle_seconds{status="provisioning"}': '1200x60' }),
      at: '40m',
    },
  },
  ProvisionerNeedsOperator: whileAbove0(open('needs_operator'), { kind: 'deprovision' }),
  ProvisionerOnHold: whileAbove0(open('on_hold'), { kind: 'deprovision' }),
  ProvisionerStartsDelayed: {
    fires: {
      series: fromBoth({ 'provisioner_relay_backlog{what="starts"}': '3x20' }),
      at: '10m',
      labels: { what: 'starts' },
    },
    quiet: {
      why: 'the relay has delivered them',
      series: fromBoth({ 'provisioner_relay_backlog{what="starts"}': '3 3 0x20' }),
      at: '10m',
    },
  },
  ProvisionerQueueWaits: {
    fires: {
      series: { [wait('30')]: '0+1x60', [wait('60')]: '0+10x60', [wait('+Inf')]: '0+10x60' },
      at: '30m',
      labels: { task_queue: 'region.eu-central' },
    },
    quiet: {
      why: 'nearly all begin within a second',
      series: { [wait('1')]: '0+99x60', [wait('60')]: '0+100x60', [wait('+Inf')]: '0+100x60' },
      at: '30m',
    },
  },
  ProvisionerCapacityLow: {
    fires: {
      series: fromBoth({ [cell('used')]: '95x40', [cell('capacity')]: '100x40' }),
      at: '20m',
      labels: { region: 'eu-central', kind: 'database' },
    },
    quiet: {
      why: 'half of it is left',
      series: fromBoth({ [cell('used')]: '50x40', [cell('capacity')]: '100x40' }),
      at: '20m',
    },
  },
  ProvisionerCapacityGone: {
    fires: {
      series: fromBoth({ [cell('used')]: '99x40', [cell('capacity')]: '100x40' }),
      at: '20m',
      labels: { region: 'eu-central', kind: 'database' },
    },
    quiet: {
      why: 'another cell of the region has room',
      series: fromBoth({
        [cell('used')]: '100x40',
        [cell('capacity')]: '100x40',
        [cell('used', 'db-2')]: '0x40',
        [cell('capacity', 'db-2')]: '100x40',
      }),
      at: '20m',
    },
  },
  ProvisionerCapacityRunsOut: {
    fires: {
      series: fromBoth({ [cell('used')]: '510+0.2x600', [cell('capacity')]: '1000x600' }),
      at: '8h',
      labels: { region: 'eu-central', kind: 'database' },
    },
    quiet: {
      why: 'nothing more is used',
      series: fromBoth({ [cell('used')]: '800x600', [cell('capacity')]: '1000x600' }),
      at: '8h',
    },
  },
  ProvisionerProviderFailing: {
    fires: {
      series: { [calls('error')]: '0+1x60', [calls('ok')]: '0+2x60' },
      at: '20m',
      labels: { provider: 'stripe' },
    },
    quiet: {
      why: 'that something does not exist is no failure of the provider',
      series: { [calls('not-found')]: '0+2x60', [calls('ok')]: '0+2x60' },
      at: '20m',
    },
  },
  ProvisionerProviderThrottles: {
    fires: {
      series: { [calls('throttled')]: '0+1x60', [calls('ok')]: '0+9x60' },
      at: '30m',
      labels: { provider: 'stripe' },
    },
    quiet: {
      why: 'one in a hundred is usual',
      series: { [calls('throttled')]: '0+1x60', [calls('ok')]: '0+99x60' },
      at: '30m',
    },
  },
  ProvisionerApiMissing: {
    fires: { series: { [up('provisioner-api', 'api-1')]: '1x2 0x20' }, at: '10m' },
    quiet: {
      why: 'one of two is up',
      series: { [up('provisioner-api', 'api-1')]: '0x20', [up('provisioner-api', 'api-2')]: '1x20' },
      at: '10m',
    },
  },
  ProvisionerWorkerMissing: {
    fires: { series: { [up('provisioner-worker', 'worker-1')]: '1x2 0x20' }, at: '15m' },
    quiet: {
      why: 'one of two is up',
      series: { [up('provisioner-worker', 'worker-1')]: '0x20', [up('provisioner-worker', 'worker-2')]: '1x20' },
      at: '15m',
    },
  },
  ProvisionerTaskQueueWithoutWorker: {
    fires: {
      series: fromBoth({ 'provisioner_task_queue_polled{task_queue="region.us-east"}': '0x20' }),
      at: '10m',
      labels: { task_queue: 'region.us-east' },
    },
    quiet: {
      why: 'a worker that starts again is back within minutes',
      series: fromBoth({ 'provisioner_task_queue_polled{task_queue="region.us-east"}': '1x3 0x3 1x20' }),
      at: '10m',
    },
  },
  ProvisionerFiguresStale: {
    fires: { series: { 'provisioner_figures_timestamp_seconds{instance="api-1:8080"}': '0x20' }, at: '10m' },
    quiet: {
      why: 'one API process of two shows new ones',
      series: {
        'provisioner_figures_timestamp_seconds{instance="api-1:8080"}': '0x20',
        'provisioner_figures_timestamp_seconds{instance="api-2:8080"}': '0+60x20',
      },
      at: '10m',
    },
  },
  ProvisionerApiErrors: {
    fires: { series: { [requests(500)]: '0+1x60', [requests(200)]: '0+9x60' }, at: '20m' },
    quiet: {
      why: 'what callers did wrong is not an error of the API',
      series: { [requests(404)]: '0+9x60', [requests(500)]: '0+1x60', [requests(200)]: '0+90x60' },
      at: '20m',
    },
  },
  ProvisionerRegistryConnectionsBusy: {
    fires: {
      series: {
        'provisioner_registry_connections{state="waiting",job="provisioner-worker",instance="worker-1"}': '4x20',
      },
      at: '10m',
      labels: { job: 'provisioner-worker', instance: 'worker-1' },
    },
    quiet: {
      why: 'all are busy, but nothing waits',
      series: {
        'provisioner_registry_connections{state="waiting",job="provisioner-worker",instance="worker-1"}': '0x20',
        'provisioner_registry_connections{state="busy",job="provisioner-worker",instance="worker-1"}': '10x20',
      },
      at: '10m',
    },
  },
  ProvisionerEventsLag: {
    fires: {
      series: fromBoth({ 'provisioner_event_reader_lag_seconds{reader="webhooks"}': '400x20' }),
      at: '10m',
      labels: { reader: 'webhooks' },
    },
    quiet: {
      why: 'a minute is not much',
      series: fromBoth({ 'provisioner_event_reader_lag_seconds{reader="webhooks"}': '60x20' }),
      at: '10m',
    },
  },
  ProvisionerAuditFinding: {
    fires: { series: { 'provisioner_audit_findings{instance="api-1:8080"}': '0 1x5' }, at: '1m' },
    quiet: { why: 'there are none', series: { 'provisioner_audit_findings{instance="api-1:8080"}': '0x5' }, at: '1m' },
  },
  ProvisionerQuarantine: {
    fires: {
      series: fromBoth({ 'provisioner_quarantine{reason="orphan"}': '1x200' }),
      at: '130m',
      labels: { reason: 'orphan' },
    },
    quiet: {
      why: 'sweeps have removed the orphan after its grace',
      series: fromBoth({ 'provisioner_quarantine{reason="orphan"}': '1x70 0x100' }),
      at: '130m',
    },
  },
  ProvisionerBackupOld: {
    fires: { series: fromBoth({ [backup('enterprise')]: '20000x40' }), at: '20m', labels: { plan: 'enterprise' } },
    quiet: {
      why: 'each plan has its own schedule',
      series: fromBoth({
        [backup('enterprise')]: '5000x40',
        [backup('professional')]: '30000x40',
        [backup('starter')]: '90000x40',
      }),
      at: '20m',
    },
  },
  ProvisionerMailUndelivered: {
    fires: {
      series: fromBoth({ 'provisioner_undelivered_mails{to="operator",state="pending"}': '1x120' }),
      at: '70m',
      labels: { to: 'operator' },
    },
    quiet: {
      why: 'it was sent after an outage of half an hour',
      series: fromBoth({ 'provisioner_undelivered_mails{to="operator",state="pending"}': '1x30 0x100' }),
      at: '70m',
    },
  },
  ProvisionerWebhooksFailing: {
    fires: { series: { [attempts('retry')]: '0+2x90', [attempts('delivered')]: '0+1x90' }, at: '50m' },
    quiet: {
      why: 'most are delivered',
      series: { [attempts('retry')]: '0+1x90', [attempts('delivered')]: '0+5x90' },
      at: '50m',
    },
  },
  ProvisionerWebhookEndpointFailing: {
    fires: { series: fromBoth({ 'provisioner_webhook_endpoints{state="failing"}': '1x500' }), at: '370m' },
    quiet: {
      why: 'it took a message after three hours',
      series: fromBoth({ 'provisioner_webhook_endpoints{state="failing"}': '1x180 0x300' }),
      at: '370m',
    },
  },
  ProvisionerWebhooksNotSent: {
    fires: {
      series: {
        ...fromBoth({ [messages('waiting')]: '5x60', [messages('trying')]: '0x60' }),
        [attempts('delivered')]: '7x60',
      },
      at: '35m',
    },
    quiet: {
      why: 'they wait behind one that is tried again later',
      series: {
        ...fromBoth({ [messages('waiting')]: '5x60', [messages('trying')]: '1x60' }),
        [attempts('delivered')]: '7x60',
      },
      at: '35m',
    },
  },
};
