import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { useList } from '../../api/lists';
import { Section } from '../../parts/section';
import { StateBadge } from '../../parts/state-badge';
import { Listing } from '../../parts/tables/listing';
import type { Column } from '../../parts/tables/data-table';
import { Time } from '../../parts/time';
import { money } from '../order/money';

type Invoice = components['schemas']['Invoice'];

const TONES = { draft: 'quiet', open: 'warning', paid: 'ok', uncollectible: 'bad', void: 'quiet' } as const;

const COLUMNS: readonly Column<Invoice>[] = [
  { name: 'Invoice', cell: ({ number, invoiceId }) => number ?? invoiceId },
  { name: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { name: 'State', cell: ({ status }) => <StateBadge state={status} tone={TONES[status]} /> },
  { name: 'Total', cell: ({ total, currency }) => money(total, currency), align: 'end' },
  { name: 'Still to pay', cell: ({ amountRemaining, currency }) => money(amountRemaining, currency), align: 'end' },
  {
    name: 'At Stripe',
    cell: ({ hostedUrl, number, invoiceId }) =>
      hostedUrl === undefined ? (
        '–'
      ) : (
        <a href={hostedUrl} target="_blank" rel="noreferrer">
          Open
          <span className="visually-hidden"> invoice {number ?? invoiceId} in another tab</span>
        </a>
      ),
  },
];

/** The tenant's invoices, newest first, as the billing provider has them. */
export function Invoices({ tenantId }: { tenantId: string }) {
  const list = useList<Invoice>(['tenant', { id: tenantId, part: 'invoices' }], (cursor, signal) =>
    dataOf(
      api.GET('/v1/tenants/{tenantId}/invoices', {
        params: { path: { tenantId }, query: cursor === undefined ? {} : { cursor } },
        signal,
      }),
    ),
  );
  return (
    <Section title="Invoices" note="Read from Stripe.">
      <Listing
        list={list}
        label="Invoices"
        columns={COLUMNS}
        idOf={({ invoiceId }) => invoiceId}
        empty="No invoice"
        emptyNote="The first one is made when the tenant becomes active."
      />
    </Section>
  );
}
