import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { Bars } from '../../parts/charts/bars';
import { bytesText, percentText } from '../../parts/quantities';
import { Section } from '../../parts/section';
import { StateBadge } from '../../parts/state-badge';
import { Reading } from '../../parts/states/reading';
import { DataTable, type Column } from '../../parts/tables/data-table';

type Meter = components['schemas']['MeterUsage'];

/** What the tenant uses of each meter of its plan, and of which limit. */
export function Usage({ tenantId }: { tenantId: string }) {
  return (
    <Section title="Usage" note="Days and months are in UTC.">
      <Reading
        of={['tenant', { id: tenantId, part: 'usage' }]}
        read={(signal) => dataOf(api.GET('/v1/tenants/{tenantId}/usage', { params: { path: { tenantId } }, signal }))}
      >
        {({ meters }) => (
          <>
            <Bars
              label="Used of the limits"
              bars={meters.map((meter) => ({
                label: meter.displayName,
                parts: [{ value: meter.current.used, what: usedText(meter), tone: toneOf(meter) }],
                of: Math.max(meter.current.limit ?? meter.current.used, meter.current.used, 1),
                text: usedText(meter),
              }))}
            />
            <DataTable label="Usage by meter" columns={COLUMNS} rows={meters} idOf={({ meter }) => meter} />
          </>
        )}
      </Reading>
    </Section>
  );
}

const COLUMNS: readonly Column<Meter>[] = [
  { name: 'Meter', cell: ({ meter }) => <code>{meter}</code> },
  { name: 'Period', cell: ({ current }) => (current.per === 'day' ? current.from : current.from.slice(0, 7)) },
  { name: 'Used', cell: (meter) => quantity(meter, meter.current.used), align: 'end' },
  {
    name: 'Limit',
    cell: (meter) => (meter.current.limit === undefined ? 'none' : quantity(meter, meter.current.limit)),
    align: 'end',
  },
  {
    name: 'Share',
    cell: ({ current }) => (current.share === undefined ? '–' : percentText(current.share)),
    align: 'end',
  },
  {
    name: 'State',
    cell: ({ current: { level } }) => (
      <StateBadge
        state={level ?? 'within'}
        tone={level === 'reached' ? 'bad' : level === 'near' ? 'warning' : 'ok'}
        label={level === 'reached' ? 'limit reached' : level === 'near' ? 'near the limit' : 'within limits'}
      />
    ),
  },
];

function usedText(meter: Meter): string {
  const { limit, used } = meter.current;
  return limit === undefined ? quantity(meter, used) : `${quantity(meter, used)} of ${quantity(meter, limit)}`;
}

/** Meters in bytes have names that say so. */
function quantity({ meter }: Meter, value: number): string {
  return meter.endsWith('_bytes') ? bytesText(value) : value.toLocaleString();
}

function toneOf({ current: { level } }: Meter): 'accent' | 'warning' | 'bad' {
  return level === 'reached' ? 'bad' : level === 'near' ? 'warning' : 'accent';
}
