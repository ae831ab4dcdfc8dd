import { Link } from 'wouter';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { useList } from '../../api/lists';
import { useLive } from '../../api/live';
import { queryClient } from '../../api/queries';
import type { Column } from '../../parts/tables/data-table';
import { Check, TextField } from '../../parts/forms/field';
import { isTicked, textOf } from '../../parts/forms/form-values';
import { Listing } from '../../parts/tables/listing';
import { PageHeader } from '../../parts/page-header';
import { Section } from '../../parts/section';
import { Time } from '../../parts/time';
import { VerbButton, type Verb } from '../../parts/forms/verb';
import { FINDINGS } from './finding-columns';
import { SweepState, type Sweep } from './sweep-state';

/** Searches for lost runs and orphaned resources, and what they have found. */
export default function Sweeps() {
  useLive({});
  const quarantine = useList(['quarantine'], (cursor, signal) =>
    dataOf(
      api.GET('/v1/quarantine', { params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } }, signal }),
    ),
  );
  const sweeps = useList(['sweep'], (cursor, signal) =>
    dataOf(
      api.GET('/v1/sweeps', { params: { query: { limit: 20, ...(cursor !== undefined && { cursor }) } }, signal }),
    ),
  );
  return (
    <>
      <PageHeader title="Sweeps and quarantine" actions={<VerbButton verb={START} />} />
      <Section
        title="Quarantine"
        note="Found by sweeps, and not yet dealt with. Once it is due, the next sweep that still finds it acts."
      >
        <Listing
          list={quarantine}
          label="Quarantine"
          columns={FINDINGS}
          idOf={({ provider, kind, region, id }) => `${provider} ${kind} ${region} ${id}`}
          empty="Nothing is in quarantine"
        />
      </Section>
      <Section title="Sweeps">
        <Listing
          list={sweeps}
          label="Sweeps"
          columns={SWEEPS}
          idOf={({ sweepId }) => sweepId}
          empty="No sweep yet"
          emptyNote="The schedule starts one regularly; an operator can at any time."
        />
      </Section>
    </>
  );
}

const SWEEPS: readonly Column<Sweep>[] = [
  {
    name: 'Started',
    cell: ({ sweepId, startedAt }) => (
      <Link href={`/sweeps/${sweepId}`}>
        <Time at={startedAt} />
      </Link>
    ),
  },
  {
    name: 'State',
    cell: (sweep) => <SweepState sweep={sweep} />,
  },
  { name: 'Requested by', cell: ({ requestedBy, dryRun }) => `${requestedBy}${dryRun ? ', dry run' : ''}` },
  { name: 'Found and done', cell: ({ counts }) => countsText(counts) },
  { name: 'Ended', cell: ({ endedAt }) => (endedAt === undefined ? '–' : <Time at={endedAt} />) },
];

/** The counts of a sweep that are not zero, in words. */
export function countsText(counts: Sweep['counts']): string {
  const some = Object.entries(counts).filter(
    ([name, count]) => count !== undefined && count > 0 && name !== 'problems',
  );
  return some.length === 0 ? 'nothing' : some.map(([name, count]) => `${spaced(name)}: ${count}`).join(', ');
}

function spaced(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

const START: Verb = {
  label: 'Sweep now',
  title: 'Search for lost runs and orphaned resources?',
  consequence: (
    <p>
      Every provider’s listing is compared with the ledger. A dry run only reports. Otherwise findings go into
      quarantine, and those whose grace period has passed are dealt with: a lost run is resumed, an orphan is removed.
    </p>
  ),
  fields: (
    <>
      <Check name="dryRun" label="Dry run: only find and report" defaultChecked />
      <TextField
        name="tenants"
        label="Tenants unknown to the registry whose resources may be removed"
        hint="Ids, separated by commas. Check first that they belong to no other installation."
      />
    </>
  ),
  run: ({ form }) => {
    const tenants = textOf(form, 'tenants')
      .split(/[\s,]+/)
      .filter((id) => id !== '');
    return dataOf(api.POST('/v1/sweeps', { body: { dryRun: isTicked(form, 'dryRun'), tenants } }));
  },
  onDone: () => void queryClient.invalidateQueries({ queryKey: ['sweep'] }),
};
