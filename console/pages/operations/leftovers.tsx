import type { Operation } from '../../../clients/typescript/src/types';
import { providerLabel, resourceLabel } from '../../../contract/ledger/labels';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { Check } from '../../parts/forms/field';
import { Section } from '../../parts/section';

type Leftover = Operation['leftovers'][number];

const LOCKED = 'Usually another session holds a lock in the database. Retry once it has ended.';
const BILLING = 'Usually the billing provider does not answer, or refuses our key.';
const LAST = 'Goes last: it stays until everything else is gone.';

/** What usually keeps a resource of a kind from going. */
const USUAL_CAUSES: Readonly<Record<string, string>> = {
  bucket:
    'Usually it has many objects, and a retry goes on where the last one stopped; else a lock or a policy at the store.',
  backups: 'Usually the vault does not answer, or must keep objects for a time. Their keys are destroyed already.',
  'kubernetes-namespace': 'Usually something in it has a finalizer that no controller takes away.',
  'pooled-share': LOCKED,
  'postgres-schema': LOCKED,
  'billing-subscription': BILLING,
  'billing-customer': BILLING,
  'tenant-key': LAST,
  reservation: LAST,
};

const COLUMNS: readonly Column<Leftover>[] = [
  { name: 'Resource', cell: ({ kind }) => resourceLabel(kind) },
  { name: 'Provider', cell: ({ provider }) => providerLabel(provider) },
  { name: 'Region', cell: ({ region }) => region },
  { name: 'Id', cell: ({ id }) => <code>{id}</code> },
  {
    name: 'Last error',
    cell: ({ kind, lastError }) => (
      <>
        {lastError}
        {USUAL_CAUSES[kind] && <div className="muted">{USUAL_CAUSES[kind]}</div>}
      </>
    ),
  },
];

/** What could not be removed and waits for an operator. */
export function Leftovers({ leftovers }: { leftovers: readonly Leftover[] }) {
  if (leftovers.length === 0) return null;
  return (
    <Section title="Left over" note="Could not be removed. Correct what the errors name and retry, or accept them.">
      <DataTable label="Leftovers" columns={COLUMNS} rows={leftovers} idOf={keyOf} />
    </Section>
  );
}

/** Chooses the leftovers to accept. All are chosen at first. */
export function LeftoverChoices({ leftovers }: { leftovers: readonly Leftover[] }) {
  return (
    <fieldset className="choices">
      <legend>Leftovers to accept</legend>
      {leftovers.map((leftover) => (
        <Check
          key={keyOf(leftover)}
          name="leftover"
          value={keyOf(leftover)}
          defaultChecked
          label={
            <>
              {resourceLabel(leftover.kind)} <code>{leftover.id}</code>
            </>
          }
          hint={leftover.lastError}
        />
      ))}
    </fieldset>
  );
}

/** The leftovers that were chosen, as the API takes them. */
export function chosenLeftovers(form: FormData): { kind: string; id: string }[] {
  return form
    .getAll('leftover')
    .map(String)
    .map((key) => {
      const [kind = '', ...id] = key.split(' ');
      return { kind, id: id.join(' ') };
    });
}

function keyOf({ kind, id }: Leftover): string {
  return `${kind} ${id}`;
}
