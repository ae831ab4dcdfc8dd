import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { Bars } from '../../parts/charts/bars';
import type { Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { percentText } from '../../parts/quantities';
import { Reading } from '../../parts/states/reading';
import { Section } from '../../parts/section';
import { StateBadge } from '../../parts/state-badge';
import { Numbers } from './numbers';

type Region = components['schemas']['RegionCapacity'];
type Cell = Region['cells'][number];

const UNITS: Record<Cell['kind'], string> = { database: 'tenants', storage: 'buckets', compute: 'CPU' };

/** An amount of what a cell has: places, or CPUs, of which the API counts thousandths. */
function amountText(kind: Cell['kind'], amount: number): string {
  return (kind === 'compute' ? amount / 1000 : amount).toLocaleString();
}

/** Shares of a cell above which it is shown as filling up, and as full. */
const [FILLING, FULL] = [0.8, 0.95];

/** How full each cell of each region is. */
export function CapacityCharts() {
  return (
    <Section title="Capacity" note="Reservations of tenants that are being provisioned count as taken.">
      <Reading
        of={['attention', { of: 'capacity' }]}
        lines={6}
        read={(signal) => dataOf(api.GET('/v1/capacity', { signal }))}
      >
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No region is known">Workers register the regions when they start.</EmptyState>
          ) : (
            items.map((region) => <RegionChart key={region.region} region={region} />)
          )
        }
      </Reading>
    </Section>
  );
}

function RegionChart({ region: { region, jurisdiction, plans, cells } }: { region: Region }) {
  return (
    <div className="region">
      <h3>
        {region} <span className="muted">({jurisdiction})</span>
      </h3>
      <p className="badges">
        {plans.map(({ plan, places, room }) => (
          <StateBadge
            key={plan}
            state={room}
            tone={room === 'plenty' ? 'ok' : room === 'little' ? 'warning' : 'bad'}
            label={`${places} more ${plan}`}
          />
        ))}
      </p>
      <Bars
        label={`Capacity of ${region}`}
        bars={cells.map(({ cell, kind, used, capacity }) => ({
          label: cell,
          parts: [{ value: used, what: `${used} of ${capacity}`, tone: toneOf(used, capacity) }],
          of: Math.max(capacity, used, 1),
          text: `${amountText(kind, used)} of ${amountText(kind, capacity)} ${UNITS[kind]}`,
        }))}
      />
      <Numbers
        label={`Capacity of ${region}`}
        columns={COLUMNS}
        rows={cells}
        idOf={({ cell, kind }) => `${kind} ${cell}`}
      />
    </div>
  );
}

function toneOf(used: number, capacity: number): 'accent' | 'warning' | 'bad' {
  const share = capacity === 0 ? 1 : used / capacity;
  return share >= FULL ? 'bad' : share >= FILLING ? 'warning' : 'accent';
}

const COLUMNS: readonly Column<Cell>[] = [
  { name: 'Cell', cell: ({ cell }) => cell },
  { name: 'Kind', cell: ({ kind }) => kind },
  { name: 'Taken', cell: ({ kind, used }) => `${amountText(kind, used)} ${UNITS[kind]}`, align: 'end' },
  { name: 'Capacity', cell: ({ kind, capacity }) => `${amountText(kind, capacity)} ${UNITS[kind]}`, align: 'end' },
  { name: 'Share', cell: ({ used, capacity }) => (capacity === 0 ? '–' : percentText(used / capacity)), align: 'end' },
];
