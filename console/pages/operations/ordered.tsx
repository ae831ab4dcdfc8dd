import { useQuery } from '@tanstack/react-query';
import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import type { Key } from '../../api/live';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { ErrorState } from '../../parts/states/error-state';
import { Facts, Section } from '../../parts/section';
import { Skeleton } from '../../parts/states/skeleton';
import { FIELDS, ON_FAILURE } from '../order/names';
import { nameAt, quantityLabel, quantityText } from '../order/quantity-names';
import { placeText } from '../templates/compare';

type Ordered = components['schemas']['OperationOrder'];
type Difference = Ordered['differences'][number];

function useOrdered(operationId: string) {
  const key: Key = ['resolution', { id: operationId, order: true }];
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/operations/{operationId}/order', { params: { path: { operationId } }, signal })),
  });
}

/** The order without personal data, and how it differs from its plan. */
export function OrderedSection({ operationId }: { operationId: string }) {
  const { data, error, refetch } = useOrdered(operationId);
  // What happens after a permanent failure is among the facts of the order.
  const differences = (data?.differences ?? []).filter(({ pointer }) => !(data?.order && pointer === ON_FAILURE_AT));
  return (
    <Section title="Order" note={data && templateOf(data.template)}>
      {!data && !error && <Skeleton lines={3} />}
      {!data && error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && (
        <>
          {data.order ? (
            <OrderFacts order={data.order} organization={data.organizationName} />
          ) : (
            <p className="muted">
              The order can no longer be read: the tenant’s key is destroyed. What it changed of the plan is kept.
            </p>
          )}
          {differences.length > 0 ? (
            <DifferenceTable differences={differences} />
          ) : (
            <p className="muted ordered-note">The order changes nothing else of the plan.</p>
          )}
        </>
      )}
    </Section>
  );
}

/** Who the customer is, for people who decide; how an order differs from its plan. */
export function Differences({ operationId }: { operationId: string }) {
  const { data, error, refetch } = useOrdered(operationId);
  if (data)
    return (
      <>
        {data.organizationName && (
          <p>
            Customer: <strong>{data.organizationName}</strong>
          </p>
        )}
        <DifferenceTable differences={data.differences} />
      </>
    );
  return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton lines={2} height={40} />;
}

/** Where the template says what is done after a permanent failure. */
const ON_FAILURE_AT = '/recovery/onPermanentFailure';

/** Says what the values are. */
function nameOf({ customization, pointer }: Difference): string {
  return customization ?? nameAt(pointer);
}

const COLUMNS: readonly Column<Difference>[] = [
  {
    name: 'Differs in',
    cell: ({ customization, pointer }) => (customization ? quantityLabel(customization) : placeText(pointer)),
  },
  { name: 'Plan', cell: (row) => quantityText(nameOf(row), row.plan), align: 'end' },
  { name: 'Ordered', cell: (row) => <strong>{quantityText(nameOf(row), row.ordered)}</strong>, align: 'end' },
  { name: 'Needs approval', cell: ({ needsApproval }) => (needsApproval ? 'yes' : 'no'), align: 'end' },
];

function DifferenceTable({ differences }: { differences: readonly Difference[] }) {
  return (
    <DataTable label="Differences to the plan" columns={COLUMNS} rows={differences} idOf={({ pointer }) => pointer} />
  );
}

interface OrderFactsProps {
  order: NonNullable<Ordered['order']>;
  /** Only people who decide are told. */
  organization: string | undefined;
}

function OrderFacts({ order, organization }: OrderFactsProps) {
  const { compliance, features, integrations = [] } = order;
  return (
    <Facts
      facts={[
        ['Customer', organization],
        ['Billed', order.billingCycle],
        ['Payment method', order.paymentMethod ? 'given' : 'none: the first invoice cannot be charged'],
        ['Features', features.join(', ') || 'none'],
        ['Integrations', integrations.join(', ') || 'none'],
        ['Custom domain', order.customDomain],
        ['Region asked for', order.region ?? 'any'],
        [
          'Data rules',
          compliance &&
            `stays in ${compliance.dataResidency}, kept ${compliance.retentionPeriod} days, ${compliance.encryptionLevel} encryption`,
        ],
        [FIELDS.onFailure[1], order.onPermanentFailure && ON_FAILURE[order.onPermanentFailure]],
      ]}
    />
  );
}

function templateOf({ id, version, current }: Ordered['template']): string {
  const now = current === undefined || current === version ? '' : `; the plan is at ${current} today`;
  return `template ${id} ${version}${now}`;
}
