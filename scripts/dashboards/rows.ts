/** What a panel draws: an expression, and the labels that name its lines. */
type Line = [expression: string, legend: string];

/** What an axis counts. */
export type Unit = 'share' | 'seconds' | 'count' | 'bytes' | 'per second';

/** A chart of the dashboard. */
export interface Panel {
  title: string;
  unit: Unit;
  lines: Line[];
}

/** A quantile over all processes that count for themselves. */
function quantile(q: number, metric: string, by: string): string {
  return `histogram_quantile(${q}, sum by (${by}, le) (rate(${metric}_bucket[$__rate_interval])))`;
}

/** A quantile of what the registry counts: all API processes show the same. */
function quantileOfRegistry(q: number, metric: string, by: string, range = '1h'): string {
  return `histogram_quantile(${q}, max by (${by}, le) (rate(${metric}_bucket[${range}])))`;
}

/** The rows of the dashboard. Figures of the registry are combined with max, those of processes are added up. */
export const ROWS: Record<string, Panel[]> = {
  Objectives: [
    {
      title: 'Operations that fail (objective: 1 %)',
      unit: 'share',
      lines: [['provisioner:operation_failures:ratio_rate6h', '{{kind}}']],
    },
    {
      title: 'Provisionings that take more than five minutes (objective: 5 %)',
      unit: 'share',
      lines: [['provisioner:provisioning_slow:ratio_rate6h', 'of all']],
    },
    {
      title: 'Operations ended in an hour',
      unit: 'count',
      lines: [
        [
          'sum by (outcome) (max by (kind, plan, outcome) (increase(provisioner_operations_ended_total[1h])))',
          '{{outcome}}',
        ],
        ['sum(max by (kind, plan) (increase(provisioner_operations_accepted_total[1h])))', 'accepted'],
      ],
    },
    {
      title: 'Open operations',
      unit: 'count',
      lines: [['sum by (status) (max by (kind, status) (provisioner_operations)) > 0', '{{status}}']],
    },
  ],
  Durations: [
    {
      title: 'Work on a provisioning',
      unit: 'seconds',
      lines: [
        [
          'histogram_quantile(0.5, max by (plan, le) (rate(provisioner_operation_work_seconds_bucket{kind="provision"}[1h])))',
          '{{plan}} p50',
        ],
        [
          'histogram_quantile(0.95, max by (plan, le) (rate(provisioner_operation_work_seconds_bucket{kind="provision"}[1h])))',
          '{{plan}} p95',
        ],
      ],
    },
    {
      title: 'Steps, p95',
      unit: 'seconds',
      lines: [
        [
          'histogram_quantile(0.95, sum by (step, le) (max by (kind, plan, region, step, le) (rate(provisioner_step_duration_seconds_bucket{outcome="done"}[1h]))))',
          '{{step}}',
        ],
      ],
    },
    {
      title: 'Waits for approval, hold, undo and operators, p95',
      unit: 'seconds',
      lines: [
        [
          'histogram_quantile(0.95, sum by (status, le) (max by (kind, plan, status, le) (rate(provisioner_operation_status_seconds_bucket{status=~"awaiting_approval|on_hold|compensating|needs_operator"}[6h]))))',
          '{{status}}',
        ],
      ],
    },
    {
      title: 'From acceptance to the end, p95',
      unit: 'seconds',
      lines: [
        [
          quantileOfRegistry(0.95, 'provisioner_operation_duration_seconds', 'kind, plan, region, outcome', '6h'),
          '{{kind}} {{plan}} {{region}} {{outcome}}',
        ],
      ],
    },
  ],
  'Failures and bottlenecks': [
    {
      title: 'Why operations end without success, in six hours',
      unit: 'count',
      lines: [
        [
          'topk(10, sum by (step, failure) (max by (kind, plan, step, failure) (increase(provisioner_operation_failures_total[6h]))) > 0)',
          '{{step}} {{failure}}',
        ],
      ],
    },
    {
      title: 'Failed attempts in an hour',
      unit: 'count',
      lines: [
        [
          'topk(10, sum by (step, failure) (max by (kind, plan, region, step, direction, failure) (increase(provisioner_step_failures_total[1h]))) > 0)',
          '{{step}} {{failure}}',
        ],
      ],
    },
    {
      title: 'Attempts, p95',
      unit: 'seconds',
      lines: [[quantile(0.95, 'provisioner_step_attempt_duration_seconds', 'step'), '{{step}}']],
    },
    {
      title: 'Waits for a worker, p95',
      unit: 'seconds',
      lines: [
        ['provisioner:queue_wait_seconds:p95_10m', '{{task_queue}}'],
        ['max by (status) (provisioner_longest_idle_seconds)', 'idle in {{status}}'],
      ],
    },
  ],
  Providers: [
    {
      title: 'Calls a second',
      unit: 'per second',
      lines: [['sum by (provider) (rate(provisioner_provider_calls_total[$__rate_interval]))', '{{provider}}']],
    },
    {
      title: 'Calls that fail',
      unit: 'share',
      lines: [['provisioner:provider_failures:ratio_rate10m', '{{provider}}']],
    },
    {
      title: 'Calls that are throttled',
      unit: 'share',
      lines: [['provisioner:provider_throttled:ratio_rate10m', '{{provider}}']],
    },
    {
      title: 'Slowest calls, p95',
      unit: 'seconds',
      lines: [
        [
          `topk(10, ${quantile(0.95, 'provisioner_provider_call_duration_seconds', 'provider, operation')})`,
          '{{provider}} {{operation}}',
        ],
      ],
    },
  ],
  'Capacity and upkeep': [
    {
      title: 'Capacity in use',
      unit: 'share',
      lines: [['provisioner:capacity_used:ratio', '{{region}} {{kind}}']],
    },
    {
      title: 'Capacity left by cell',
      unit: 'count',
      lines: [
        [
          'max by (region, kind, cell) (provisioner_cell_capacity) - max by (region, kind, cell) (provisioner_cell_used)',
          '{{region}} {{kind}} {{cell}}',
        ],
      ],
    },
    {
      title: 'Age of the oldest newest backup',
      unit: 'seconds',
      lines: [['max by (plan) (provisioner_oldest_backup_seconds)', '{{plan}}']],
    },
    {
      title: 'Findings and backlogs',
      unit: 'count',
      lines: [
        ['max(provisioner_audit_findings)', 'audit findings'],
        ['max by (problem) (provisioner_billing_findings) > 0', 'billing: {{problem}}'],
        ['max by (reason) (provisioner_quarantine)', 'quarantine: {{reason}}'],
        ['max by (what) (provisioner_relay_backlog)', 'relay: {{what}}'],
        ['sum by (to) (max by (to, state) (provisioner_undelivered_mails))', 'mail to {{to}}'],
      ],
    },
  ],
  'Events and webhooks': [
    {
      title: 'Lag of readers of the event log',
      unit: 'seconds',
      lines: [['max by (reader) (provisioner_event_reader_lag_seconds)', '{{reader}}']],
    },
    {
      title: 'Events not read yet, and open streams',
      unit: 'count',
      lines: [
        ['max by (reader) (provisioner_event_reader_lag_events)', '{{reader}}'],
        ['sum(provisioner_event_streams)', 'open streams'],
      ],
    },
    {
      title: 'Webhook attempts a minute, open messages, endpoints',
      unit: 'count',
      lines: [
        ['60 * sum by (outcome) (rate(provisioner_webhook_attempts_total[$__rate_interval]))', 'attempts: {{outcome}}'],
        ['max by (state) (provisioner_webhook_messages)', 'messages: {{state}}'],
        ['max by (state) (provisioner_webhook_endpoints)', 'endpoints: {{state}}'],
      ],
    },
    {
      title: 'From an event to the delivery of its message',
      unit: 'seconds',
      lines: [
        ['histogram_quantile(0.5, sum by (le) (rate(provisioner_webhook_delivery_seconds_bucket[1h])))', 'p50'],
        ['histogram_quantile(0.95, sum by (le) (rate(provisioner_webhook_delivery_seconds_bucket[1h])))', 'p95'],
      ],
    },
  ],
  Processes: [
    {
      title: 'Requests a second',
      unit: 'per second',
      lines: [
        ['sum by (status) (rate(provisioner_http_request_duration_seconds_count[$__rate_interval]))', '{{status}}'],
      ],
    },
    {
      title: 'Requests, p99',
      unit: 'seconds',
      lines: [
        [
          `topk(10, ${quantile(0.99, 'provisioner_http_request_duration_seconds', 'method, route')})`,
          '{{method}} {{route}}',
        ],
      ],
    },
    {
      title: 'Memory',
      unit: 'bytes',
      lines: [['process_resident_memory_bytes', '{{job}} {{instance}}']],
    },
    {
      title: 'Versions, pollers, connections, age of the figures',
      unit: 'count',
      lines: [
        ['count by (job, version, build) (provisioner_build_info)', '{{job}} {{version}} {{build}}'],
        ['max by (task_queue) (provisioner_task_queue_polled)', 'polled: {{task_queue}}'],
        ['sum by (job, state) (provisioner_registry_connections)', '{{job}}: {{state}} connections'],
        ['time() - max(provisioner_figures_timestamp_seconds)', 'age of the figures in seconds'],
      ],
    },
  ],
};
