import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { ChoiceFilter, useFilters } from '../../parts/forms/filters';
import { Reading } from '../../parts/states/reading';
import { Section } from '../../parts/section';
import { StateBadge } from '../../parts/state-badge';
import { Time } from '../../parts/time';
import { VerbButton, type Verb } from '../../parts/forms/verb';

type Finding = components['schemas']['AuditFinding'];

const COLUMNS: readonly Column<Finding>[] = [
  { name: 'Trail', cell: ({ tenantId }) => tenantId },
  { name: 'Region', cell: ({ region }) => region },
  { name: 'Problem', cell: ({ problem }) => problem },
  { name: 'Found', cell: ({ foundAt }) => <Time at={foundAt} /> },
  {
    name: 'State',
    cell: ({ state, acceptance }) => (
      <>
        <StateBadge state={state} tone={state === 'open' ? 'bad' : 'quiet'} />
        {acceptance && (
          <div className="muted">
            by {acceptance.by}: {acceptance.reason}
          </div>
        )}
      </>
    ),
  },
  {
    name: 'Action',
    align: 'end',
    cell: (finding) => (finding.state === 'open' ? <VerbButton verb={accept(finding)} /> : null),
  },
];

/** Trails that contradict their newest signed head. */
export function AuditFindings() {
  const [{ findings = 'open' }, change] = useFilters(['findings']);
  return (
    <Section
      title="Findings"
      note="Trails that contradict their signed heads."
      actions={
        <ChoiceFilter
          label="Findings shown"
          value={findings === 'all' ? undefined : findings}
          choices={['open', 'accepted']}
          onChange={(state) => change({ findings: state ?? 'all' })}
        />
      }
    >
      <Reading
        of={['audit', { findings }]}
        read={(signal) =>
          dataOf(api.GET('/v1/audit/findings', { params: { query: { state: findings as 'open' } }, signal }))
        }
      >
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={findings === 'open' ? 'Every trail matches its signed heads' : 'No such finding'} />
          ) : (
            <DataTable label="Audit findings" columns={COLUMNS} rows={items} idOf={({ findingId }) => findingId} />
          )
        }
      </Reading>
    </Section>
  );
}

function accept({ findingId, problem }: Finding): Verb {
  return {
    label: 'Accept',
    title: 'Accept this trail as it is?',
    tone: 'danger',
    consequence: (
      <>
        <p>{problem}</p>
        <p>
          First find out why: the trail may have been tampered with. The acceptance becomes an entry of the trail with
          your name; from then on its heads are signed again. A later change is a new finding.
        </p>
      </>
    ),
    reason: 'required',
    run: ({ reason = '', idempotencyKey }) =>
      dataOf(
        api.POST('/v1/audit/findings/{findingId}:accept', {
          params: { path: { findingId }, header: { 'Idempotency-Key': idempotencyKey } },
          body: { reason },
        }),
      ),
    onDone: () => {
      void queryClient.invalidateQueries({ queryKey: ['audit'] });
      void queryClient.invalidateQueries({ queryKey: ['attention'] });
    },
  };
}
