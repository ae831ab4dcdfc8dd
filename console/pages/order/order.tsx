import { useMemo, useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import type { Order } from '../../../clients/typescript/src/types';
import { client } from '../../api/client';
import { ErrorState } from '../../parts/states/error-state';
import { PageHeader } from '../../parts/page-header';
import { Problem } from '../../parts/states/problem';
import { Section } from '../../parts/section';
import { PageSkeleton } from '../../parts/states/skeleton';
import { Customizations } from './fields/customizations';
import { EMPTY, orderOf, type Draft } from './draft';
import { AdminFields, BillingFields, PlacementFields, RecoveryFields, TenantFields } from './fields/fields';
import { FIELDS } from './names';
import { Options } from './fields/options';
import type { PartProps } from './fields/part-props';
import { Plans } from './plans';
import { PreviewPanel } from './preview-panel';
import { usePreview } from './preview';
import { useTemplates, type Template } from '../templates/read';
import './order.css';

/** Orders a tenant. What the order would do is shown while it is typed. */
export default function OrderPage() {
  const { templates, error } = useTemplates();
  return (
    <>
      <PageHeader title="Order a tenant" />
      {templates ? <OrderForm templates={templates} /> : error ? <ErrorState error={error} /> : <PageSkeleton />}
    </>
  );
}

function OrderForm({ templates }: { templates: readonly Template[] }) {
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const template = templates.find(({ subscriptionPlan }) => subscriptionPlan === draft.plan)!;
  const order = useMemo(() => orderOf(draft, template), [draft, template]);
  const preview = usePreview(order);
  const submission = useSubmission(order);
  const change = (changes: Partial<Draft>): void => {
    setDraft((before) => ({ ...before, ...changes }));
    setTouched((before) => new Set([...before, ...pointersOf(changes)]));
  };
  // A field that was not visited yet is not wrong, only empty.
  const isShown = (pointer: string): boolean => submission.isTried || touched.has(pointer);
  const errorAt = (pointer: string): string | undefined =>
    isShown(pointer)
      ? preview.data?.violations.find((each) => each.pointer === pointer || each.pointer.startsWith(`${pointer}/`))
          ?.detail
      : undefined;
  const part: PartProps = { draft, template, change, errorAt };
  return (
    <form className="order" onSubmit={submission.submit} noValidate>
      <div>
        <Plans templates={templates} chosen={draft.plan} onChoose={(plan) => change({ plan })} />
        <Section title="Tenant">
          <TenantFields {...part} />
        </Section>
        <Section title="First administrator">
          <AdminFields {...part} />
        </Section>
        <Section title="Billing">
          <BillingFields {...part} />
        </Section>
        <Section title="Failures">
          <RecoveryFields {...part} />
        </Section>
        <Section title="Place and rules for the data">
          <PlacementFields {...part} />
        </Section>
        <Section title="Features and integrations">
          <Options {...part} />
        </Section>
        <Section title="Customizations" note="Empty fields keep the plan’s value.">
          <Customizations {...part} />
        </Section>
      </div>
      <aside className="order-aside" aria-label="Preview">
        <PreviewPanel preview={preview} />
        {submission.error !== undefined && <Problem error={submission.error} />}
        <button type="submit" className="button" data-tone="primary" disabled={submission.isBusy}>
          {submission.isBusy ? 'Ordering…' : 'Order'}
        </button>
      </aside>
    </form>
  );
}

/** Pointers of the order's fields that a change of the form concerns. */
function pointersOf({ customizations = {}, ...fields }: Partial<Draft>): string[] {
  return [
    ...(Object.keys(fields) as (keyof typeof fields)[]).map((name) => FIELDS[name][0]),
    ...Object.keys(customizations).map((name) => `/customizations/${name}`),
  ];
}

function useSubmission(order: Order) {
  const [, navigate] = useLocation();
  const [isBusy, setBusy] = useState(false);
  const [isTried, setTried] = useState(false);
  const [error, setError] = useState<unknown>();
  // The same order sent again, after a lost answer, is one order; a changed one is another.
  const [intent, setIntent] = useState<{ order: Order; key: string }>();
  async function send(): Promise<void> {
    const present = intent?.order === order ? intent : { order, key: crypto.randomUUID() };
    setIntent(present);
    setTried(true);
    setBusy(true);
    setError(undefined);
    try {
      const { operationId } = await client.provision(order, { idempotencyKey: present.key });
      navigate(`/operations/${operationId}`);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void send();
  };
  return { submit, isBusy, isTried, error };
}
