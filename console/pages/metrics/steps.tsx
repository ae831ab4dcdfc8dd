import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import type { OperationKind } from '../../../contract/operations/kinds';
import { PLANS } from '../../../contract/orders/order';
import { api } from '../../api/client';
import { Bars } from '../../parts/charts/bars';
import type { Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { useFilters } from '../../parts/forms/filters';
import { countText } from '../../parts/quantities';
import { Reading } from '../../parts/states/reading';
import { Section } from '../../parts/section';
import { Numbers } from './numbers';
import { Legend, percentiles } from './plans';
import { secondsText } from './totals';

type Step = components['schemas']['StepMetrics'];

/** How long each step of a plan's recent operations took. */
export function StepTimes({ kind }: { kind: OperationKind }) {
  const [{ plan: asked }, change] = useFilters(['plan']);
  const plan = PLANS.find((each) => each === asked) ?? PLANS[0];
  return (
    <Section
      title="Duration by step"
      note="Of recent operations without an operator’s decision; waiting for a free worker is included."
      actions={
        <div className="filter">
          <label htmlFor="metrics-plan">Plan</label>
          <select id="metrics-plan" value={plan} onChange={({ target }) => change({ plan: target.value })}>
            {PLANS.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </div>
      }
    >
      <Reading
        of={['metrics', { steps: kind }]}
        lines={10}
        read={(signal) => dataOf(api.GET('/v1/metrics/steps', { params: { query: { kind } }, signal }))}
      >
        {({ plans }) => {
          const { samples = 0, steps = [] } = plans.find((each) => each.plan === plan) ?? {};
          if (samples === 0)
            return (
              <EmptyState title="No operation of this plan has succeeded within 30 days">
                Choose another plan.
              </EmptyState>
            );
          return (
            <>
              <p className="muted">From {countText(samples, 'operation')}.</p>
              <Legend />
              <Bars
                label="Duration by step"
                areSeconds
                bars={steps.map(({ label, p50Seconds = 0, p95Seconds = 0 }) => ({
                  label,
                  parts: percentiles(p50Seconds, p95Seconds),
                  text: `half within ${secondsText(p50Seconds)}, 95 % within ${secondsText(p95Seconds)}`,
                }))}
              />
              <Numbers isOpen label="Duration by step" columns={COLUMNS} rows={steps} idOf={({ step }) => step} />
            </>
          );
        }}
      </Reading>
    </Section>
  );
}

const COLUMNS: readonly Column<Step>[] = [
  { name: 'Step', cell: ({ label }) => label },
  { name: 'Operations', cell: ({ samples }) => samples, align: 'end' },
  { name: 'Average', cell: ({ averageSeconds }) => secondsText(averageSeconds), align: 'end' },
  { name: 'Half within', cell: ({ p50Seconds }) => secondsText(p50Seconds), align: 'end' },
  { name: '95 % within', cell: ({ p95Seconds }) => secondsText(p95Seconds), align: 'end' },
];
