import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import { useMayCall } from '../../api/session';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { Choice, TextArea } from '../../parts/forms/field';
import { textOf } from '../../parts/forms/form-values';
import { Reading } from '../../parts/states/reading';
import { Section } from '../../parts/section';
import { Time } from '../../parts/time';
import { VerbButton, type Verb } from '../../parts/forms/verb';

type Flag = components['schemas']['TenantFlag'];

const COLUMNS: readonly Column<Flag>[] = [
  { name: 'Flag', cell: ({ flag }) => <code>{flag}</code> },
  { name: 'Meaning', cell: ({ description }) => description ?? '' },
  { name: 'Variant', cell: settingText },
  { name: 'Ordered', cell: ({ ordered }) => settingText(ordered) },
  { name: 'Changed', cell: ({ change }) => (change ? <Time at={change.at} /> : 'never') },
  { name: 'Why', cell: ({ change }) => change?.reason ?? '' },
];

/** The feature flags that the application evaluates for the tenant. */
export function Flags({ tenantId }: { tenantId: string }) {
  const mayChange = useMayCall()('changeFlag');
  return (
    <Section title="Feature flags" note="As the application evaluates them for this tenant.">
      <Reading
        of={['tenant', { id: tenantId, part: 'flags' }]}
        read={(signal) => dataOf(api.GET('/v1/tenants/{tenantId}/flags', { params: { path: { tenantId } }, signal }))}
      >
        {({ flags }) =>
          flags.length === 0 ? (
            <EmptyState title="No feature flag">The plan had none when the tenant was ordered.</EmptyState>
          ) : (
            <DataTable
              label="Feature flags"
              columns={mayChange ? [...COLUMNS, verbsOf(tenantId)] : COLUMNS}
              rows={flags}
              idOf={({ flag }) => flag}
            />
          )
        }
      </Reading>
    </Section>
  );
}

function settingText({ variant, targeting }: Pick<Flag, 'variant' | 'targeting'>): string {
  return targeting ? `${variant}, or by a rule` : variant;
}

const onDone = (): void => void queryClient.invalidateQueries({ queryKey: ['tenant'] });

function verbsOf(tenantId: string): Column<Flag> {
  return {
    name: 'Actions',
    align: 'end',
    cell: (flag) => (
      <span className="actions end">
        <VerbButton verb={change(tenantId, flag)} />
        {flag.change?.to === 'setting' && <VerbButton verb={reset(tenantId, flag)} />}
      </span>
    ),
  };
}

const REASON = (
  <TextArea name="reason" label="Reason" hint="Encrypted under the tenant’s key." required maxLength={1000} />
);

function change(tenantId: string, { flag, variant, variants }: Flag): Verb {
  return {
    label: 'Change',
    title: `Change the flag “${flag}”?`,
    consequence: <p>Everyone of this tenant gets the variant from now on. A rule of the plan no longer applies.</p>,
    fields: (
      <>
        <Choice name="variant" label="Variant" defaultValue={variant}>
          {Object.entries(variants).map(([name, value]) => (
            <option key={name} value={name}>
              {name}: {JSON.stringify(value)}
            </option>
          ))}
        </Choice>
        {REASON}
      </>
    ),
    run: ({ form, reason = '' }) =>
      api.PUT('/v1/tenants/{tenantId}/flags/{flag}', {
        params: { path: { tenantId, flag } },
        body: { variant: textOf(form, 'variant'), reason },
      }),
    onDone,
  };
}

function reset(tenantId: string, { flag, ordered }: Flag): Verb {
  return {
    label: 'Reset',
    title: `Reset the flag “${flag}”?`,
    consequence: <p>The flag is as it was ordered again: {settingText(ordered)}.</p>,
    fields: REASON,
    run: ({ reason = '' }) =>
      api.DELETE('/v1/tenants/{tenantId}/flags/{flag}', { params: { path: { tenantId, flag } }, body: { reason } }),
    onDone,
  };
}
