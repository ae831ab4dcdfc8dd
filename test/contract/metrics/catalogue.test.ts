import { boundedLabels, everySeries, METRIC_NAMES, metricOf } from '../../../contract/metrics/catalogue';
import type { LabelValues } from '../../../contract/metrics/metric';
import { operationOutcome } from '../../../contract/metrics/outcomes';

const labelsOf = (name: (typeof METRIC_NAMES)[number]): [string, LabelValues][] =>
  Object.entries(metricOf(name).labels);

describe.each(METRIC_NAMES)('%s', (name) => {
  const { type, help, buckets, zeros } = metricOf(name);

  test('has a name after the conventions of Prometheus, and a sentence as help', () => {
    expect(name).toMatch(/^provisioner_[a-z]+(?:_[a-z]+)*$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(name).not.toMatch(/milli|minutes|hours|days|kilo|mega/);
    expect(help).toMatch(/^[A-Z01].*\.$/);
  });

  test('has ascending buckets if it is a histogram, and only then', () => {
    expect(buckets !== undefined).toBe(type === 'histogram');
    if (buckets) expect([...new Set(buckets)].sort((a, b) => a - b)).toEqual([...buckets]);
  });

  test('has labels of few values, and none that names a tenant or a person', () => {
    for (const [label, values] of labelsOf(name)) {
      expect(label).not.toMatch(/tenant|operation_?id|mail|caller|user|person|organi[sz]ation|path|url/i);
      if ('bound' in values) expect(values.bound.length).toBeGreaterThan(5);
      else expect(values.length).toBeLessThan(60);
    }
  });

  if (zeros)
    test('shows at most a few hundred series before anything has happened', () =>
      expect(everySeries(name).length * ((buckets?.length ?? 0) + 3)).toBeLessThan(500));
});

test('a value of a newer version counts as other', () => {
  const given = { kind: 'teleport', plan: 'starter', outcome: 'succeeded', tenant: 'abyf3mx234jjywzw' };
  expect(boundedLabels('provisioner_operations_ended_total', given)).toEqual({
    kind: 'other',
    plan: 'starter',
    outcome: 'succeeded',
  });
});

test.each([
  ['active', undefined, 'succeeded'],
  ['completed', undefined, 'succeeded'],
  ['failed', 'ProviderRefused', 'failed'],
  ['failed', 'CustomizationInvalid', 'refused'],
  ['failed', undefined, 'failed'],
  ['failed', 'OfANewerVersion', 'failed'],
  ['rejected', 'ApprovalRejected', 'rejected'],
  ['cancelled', 'Cancelled', 'cancelled'],
] as const)('an operation that ends as %s with %s counts as %s', (status, failure, outcome) =>
  expect(operationOutcome(status, failure)).toBe(outcome),
);
