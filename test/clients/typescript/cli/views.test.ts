import { metricsView } from '../../../../clients/typescript/cli/commands/metrics';
import { previewView } from '../../../../clients/typescript/cli/commands/preview';
import { createOutput } from '../../../../clients/typescript/cli/output/output';
import type { components } from '../../../../clients/typescript/src/index';

const out = createOutput({ utc: true }, { NO_COLOR: '1' });
const none = { operations: 0 };

const refused: components['schemas']['OrderPreview'] = {
  possible: false,
  violations: [{ pointer: '/tenantName', detail: 'Is \u001b[2Jtaken.' }],
  steps: [],
  region: { region: 'eu-central', jurisdiction: 'EU', chosen: 'named', passedOver: [], cells: {} },
  resources: [{ step: 'database', provider: 'postgres', kind: 'postgres-schema', region: 'eu-central' }],
  price: {
    currency: 'eur',
    now: { amount: 19_900, due: 'activation' },
    later: { amount: 199_000, every: 'year' },
    meters: [],
    trial: { days: 14, then: 'suspend' },
  },
  unknown: [{ part: 'duration', reason: 'There are too few earlier operations.' }],
};

test('a preview says why an order would be refused, what it would make and cost, and what is not known', () => {
  expect(previewView(refused, out).split('\n')).toEqual([
    'This order would be refused.',
    '  /tenantName: Is \ufffd[2Jtaken.',
    'region     eu-central (EU), named',
    'price      199.00 EUR at activation, then 1990.00 EUR a year, after a trial of 14 days',
    'duration is unknown: There are too few earlier operations.',
    '',
    'step      resource         provider  region',
    'database  postgres-schema  postgres  eu-central',
  ]);
});

test('metrics are tables of each group, its failures and its bottlenecks', () => {
  const numbers: components['schemas']['ProvisioningMetrics'] = {
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-08T00:00:00.000Z',
    timeZone: 'UTC',
    kind: 'provision',
    groups: [
      {
        key: 'starter',
        count: 4,
        running: 1,
        succeeded: 2,
        failed: { total: 1, failed: 1, rejected: 0, cancelled: 0 },
        successRate: 2 / 3,
        duration: { averageSeconds: 6, p50Seconds: 5.04, p95Seconds: 9 },
        waiting: { approval: none, hold: none, compensation: none },
        failurePoints: [{ step: 'integrations', type: 'PaymentMethodDeclined', count: 1, advice: 'Amend the order.' }],
        bottlenecks: [
          { part: 'identity', label: 'Create the organization', operations: 2, averageSeconds: 2, share: 0.31 },
        ],
        use: { resources: [], attempts: 0, retries: 0, retryWaitSeconds: 0 },
      },
    ],
  };
  expect(metricsView(numbers, out).split('\n')).toEqual([
    'provision, requested from 2026-01-01 00:00:00Z to 2026-01-08 00:00:00Z',
    'group    operations  running  succeeded  failed  success  median  95 %',
    'starter  4           1        2          1       66.7 %   5.0 s   9.0 s',
    '',
    'group    failed in     failure                times  advice',
    'starter  integrations  PaymentMethodDeclined  1      Amend the order.',
    '',
    'group    bottleneck               share  average',
    'starter  Create the organization  31 %   2.0 s',
  ]);
});
