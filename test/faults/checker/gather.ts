import type { TenantState } from '../../../contract/tenants/states';
import type { LedgerRow } from '../../../registry/ledger/ledger';
import type { FaultRun, Journal } from '../journal';
import { persistently } from '../scenarios/scenario';
import type { System } from '../system';
import type { Accepted, Evidence, Orphan } from './evidence';
import { listHoldings } from './holdings';

/** Reads the current state from the providers, the registry and the public API. No run may be active. */
export async function gather({ product, log, postgresLogs, startedAt }: System, journal: Journal): Promise<Evidence> {
  for (const each of postgresLogs) each.collect();
  const since = new Date(startedAt.getTime() - 60_000);
  const holdings = await listHoldings(product.endpoints, since);
  const { rows: ledger } = await product.registry.query<LedgerRow>(
    `select tenant_id as "tenantId", operation_id as "operationId", step, kind, provider, state, intended_at as "intendedAt"
     from resource`,
  );
  const { rows: strays } = await product.registry.query<Orphan>(
    `select distinct tenant_id as "tenantId", kind, name from quarantine where reason <> 'lost-run'`,
  );
  const { rows: tenants } = await product.registry.query<{ tenantId: string; state: TenantState }>(
    `select tenant_id as "tenantId", state from tenant`,
  );
  const states = new Map(tenants.map(({ tenantId, state }) => [tenantId, state]));
  const accepted: Accepted[] = [];
  for (const run of journal.runs)
    accepted.push({ ...(await standing(product, run)), tenantState: states.get(run.tenantId) ?? 'gone' });
  return { accepted, holdings, ledger, calls: [...log.all()], orphans: strays };
}

async function standing(product: System['product'], run: FaultRun): Promise<Omit<Accepted, 'tenantState'>> {
  const {
    kind = 'provision',
    operationId,
    tenantId,
    scenario,
    order,
    foreign = [],
    fatal = false,
    cancelled = false,
    accepted = false,
  } = run;
  const { status, leftovers } = await persistently(() => product.operation(operationId));
  const { tenantName, subscription } = order;
  return {
    scenario,
    kind,
    operationId,
    tenantId,
    tenantName,
    plan: subscription.plan,
    status,
    leftovers,
    foreign,
    fatal,
    cancelled,
    takenOver: accepted,
  };
}
