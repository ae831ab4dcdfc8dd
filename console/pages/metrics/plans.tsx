import { PLANS } from '../../../contract/orders/order';
import { Bars } from '../../parts/charts/bars';
import type { Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { percentText } from '../../parts/quantities';
import { Reading } from '../../parts/states/reading';
import { Section } from '../../parts/section';
import { Numbers } from './numbers';
import { metricsOf, type Group, type MetricsProps } from './period';
import { secondsText } from './totals';

/** How long the operations of each plan took that succeeded, with all waiting. */
export function Plans({ kind, period }: MetricsProps) {
  return (
    <Section
      title="Duration by plan"
      note="From request to end, of those that succeeded; approvals and holds included."
    >
      <Reading {...metricsOf({ kind, period }, 'plan')} lines={3}>
        {(groups) => {
          const timed = PLANS.flatMap((plan) => groups.filter(({ key }) => key === plan)).filter(hasDuration);
          if (timed.length === 0) return <EmptyState title="No operation has succeeded in this period" />;
          return (
            <>
              <Legend />
              <Bars
                label="Duration by plan"
                areSeconds
                bars={timed.map(({ key, duration: { p50Seconds, p95Seconds } }) => ({
                  label: key ?? '',
                  parts: percentiles(p50Seconds, p95Seconds),
                  text: `half within ${secondsText(p50Seconds)}, 95 % within ${secondsText(p95Seconds)}`,
                }))}
              />
              <Numbers label="Duration by plan" columns={COLUMNS} rows={groups} idOf={({ key }) => key ?? ''} />
            </>
          );
        }}
      </Reading>
    </Section>
  );
}

type Timed = Group & { duration: NonNullable<Group['duration']> };

function hasDuration(group: Group): group is Timed {
  return group.duration !== undefined;
}

/** What the two parts of a bar of durations mean. */
export function Legend() {
  return (
    <p className="legend">
      <span data-key="accent">half of them within</span>
      <span data-key="soft">95 % within</span>
    </p>
  );
}

/** The parts of a bar of durations. */
export function percentiles(p50: number, p95: number) {
  return [
    { value: p50, what: `half within ${secondsText(p50)}`, tone: 'accent' as const },
    { value: Math.max(0, p95 - p50), what: `95 % within ${secondsText(p95)}`, tone: 'soft' as const },
  ];
}

const COLUMNS: readonly Column<Group>[] = [
  { name: 'Plan', cell: ({ key }) => key },
  { name: 'Requested', cell: ({ count }) => count, align: 'end' },
  {
    name: 'Succeeded',
    cell: ({ successRate }) => (successRate === undefined ? '–' : percentText(successRate)),
    align: 'end',
  },
  { name: 'Average', cell: ({ duration }) => secondsText(duration?.averageSeconds), align: 'end' },
  { name: 'Half within', cell: ({ duration }) => secondsText(duration?.p50Seconds), align: 'end' },
  { name: '95 % within', cell: ({ duration }) => secondsText(duration?.p95Seconds), align: 'end' },
  { name: 'Waited for approval', cell: ({ waiting }) => secondsText(waiting.approval.averageSeconds), align: 'end' },
  { name: 'On hold', cell: ({ waiting }) => secondsText(waiting.hold.averageSeconds), align: 'end' },
];
