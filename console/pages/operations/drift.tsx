import type { components } from '../../../clients/typescript/generated/api';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { Section } from '../../parts/section';
import { inWords, StateBadge } from '../../parts/state-badge';
import type { Operation } from '../../../clients/typescript/src/types';

type Difference = components['schemas']['Drift'];

const TONES = { found: 'warning', mended: 'ok', left: 'bad' } as const;

const COLUMNS: readonly Column<Difference>[] = [
  { name: 'Resource', cell: ({ kind, id }) => `${inWords(kind)} ${id}` },
  { name: 'At', cell: ({ provider, region }) => (region === 'global' ? provider : `${provider}, ${region}`) },
  { name: 'What differs', cell: ({ what }) => inWords(what) },
  { name: 'In the ledger', cell: ({ was }) => was },
  { name: 'At the provider', cell: ({ is }) => is },
  { name: 'Now', cell: ({ outcome }) => <StateBadge state={outcome} tone={TONES[outcome]} /> },
  { name: 'What to do', cell: ({ remedy }) => remedy ?? '–' },
];

/** The differences that a reconciliation has found; nothing for other operations. */
export function DriftSection({ operation: { drift, completedAt } }: { operation: Operation }) {
  if (drift === undefined) return null;
  return (
    <Section title="Differences" note="Between the ledger and the providers.">
      {drift.length === 0 ? (
        <EmptyState title={completedAt === undefined ? 'None so far' : 'None'}>
          Everything that was compared is as the ledger says.
        </EmptyState>
      ) : (
        <DataTable
          label="Differences"
          columns={COLUMNS}
          rows={drift}
          idOf={({ kind, id, what }) => `${kind} ${id} ${what}`}
        />
      )}
    </Section>
  );
}
