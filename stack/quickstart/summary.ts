import pc from 'picocolors';
import type { Tenant } from '../../contract/schemas/tenants/tenant-schema';
import { columns } from './columns';
import type { Answer } from './proof/question';
import type { DemoRow } from './run-demo';
import { failedStep, secondsOf } from './table';

/** A table with the result of every order. */
export function outcomes(rows: readonly DemoRow[]): string {
  const body = rows.map(({ demo, operation }) => [
    operation.tenantName ?? operation.operationId,
    operation.plan,
    operation.region ?? '-',
    operation.status,
    secondsOf(operation, Date.now()).toFixed(1),
    operation.failure ? failedStep(operation.failure) : demo.about,
  ]);
  return section('Results of the orders', columns([['tenant', 'plan', 'region', 'status', 'seconds', ''], ...body]));
}

/** Lists the existing resources by tenant and provider. */
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
  return section('Resources of the active tenants', blocks.join('\n'));
}

/** A table with the resources that the providers still have of the failed tenants, beside those of the active ones. */
export function proofTable(failedName: string, answers: readonly Answer[]): string {
  const body = answers.map(({ where, what, failed, active }) => [
    where,
    what,
    countOrError(failed),
    countOrError(active),
  ]);
  return section(
    `What is left of ${failedName}, according to the providers themselves`,
    columns([['provider', 'resources', failedName, 'active tenants, for comparison'], ...body]),
  );
}

function countOrError(count: number | string): string {
  return typeof count === 'number' ? `${count} found` : `no answer: ${count}`;
}

/** A text with a heading. */
export function section(title: string, text: string): string {
  return `\n${pc.bold(title)}\n${text}`;
}
