import pc from 'picocolors';
import type { Tenant } from '../../contract/schemas/tenant-schema';
import { columns } from './columns';
import type { Answer } from './proof/question';
import type { DemoRow } from './run-demo';
import { failedStep, secondsOf } from './table';

/** What came of every order. */
export function outcomes(rows: readonly DemoRow[]): string {
  const body = rows.map(({ demo, operation }) => [
    operation.tenantName ?? operation.operationId,
    operation.plan,
    operation.region ?? '-',
    operation.status,
    secondsOf(operation, Date.now()).toFixed(1),
    operation.failure ? failedStep(operation.failure) : demo.about,
  ]);
  return section('What came of the orders', columns([['tenant', 'plan', 'region', 'status', 'seconds', ''], ...body]));
}

/** What exists where, by tenant and provider. */
export function inventory(tenants: readonly Tenant[]): string {
  const blocks = tenants.map(({ tenantName, tenantId, resources = [] }) => {
    const present = resources.filter(({ state }) => state === 'present');
    const [ours, theirs] = [true, false].map((own) =>
      present.filter(({ provider }) => (provider === 'registry') === own),
    );
    const lines = theirs!
      .map(({ provider, region, kind, id }) => ['', provider, region, kind, id])
      .sort((a, b) => a.join(' ').localeCompare(b.join(' ')));
    lines.push(['', 'registry', '', ours!.map(({ kind }) => kind).join(', ')]);
    return `${pc.bold(tenantName)} ${pc.dim(tenantId)}\n${columns(lines)}`;
  });
  return section('What exists where', blocks.join('\n'));
}

/** What the providers answered about the tenant that failed, beside the same questions about the active ones. */
export function proofTable(failedName: string, answers: readonly Answer[]): string {
  const body = answers.map(({ where, what, failed, active }) => [where, what, found(failed), found(active)]);
  return section(
    `What is left of ${failedName}, asked of the providers themselves`,
    columns([['asked', 'for', failedName, 'the active tenants, for comparison'], ...body]),
  );
}

function found(count: number | string): string {
  return typeof count === 'number' ? `${count} found` : `no answer: ${count}`;
}

/** A heading over a text. */
export function section(title: string, text: string): string {
  return `\n${pc.bold(title)}\n${text}`;
}
