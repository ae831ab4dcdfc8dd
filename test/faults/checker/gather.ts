import type { LedgerRow } from '../../../registry/ledger';
import type { FaultRun, Journal } from '../journal';
import { persistently } from '../scenarios/scenario';
import type { System } from '../system';
import type { Accepted, Evidence, Stray } from './evidence';
import { listHoldings } from './holdings';

/** Reads what the providers, the registry and the public API say now. Everything must be quiet. */
export async function gather({ product, log, postgresLogs, startedAt }: System, journal: Journal): Promise<Evidence> {
  for (const each of postgresLogs) each.collect();
  const since = new Date(startedAt.getTime() - 60_000);
  const holdings = await listHoldings(product.endpoints, since);
  const { rows: ledger } = await product.registry.query<LedgerRow>(
    `select tenant_id as "tenantId", operation_id as "operationId", step, kind, provider, state, intended_at as "intendedAt"
     from resource`,
  );
  const { rows: strays } = await product.registry.query<Stray>(
    `select distinct tenant_id as "tenantId", kind, name from quarantine where reason <> 'lost-run'`,
  );
  const accepted: Accepted[] = [];
  for (const run of journal.runs) accepted.push(await standing(product, run));
  return { accepted, holdings, ledger, calls: [...log.all()], strays };
}

async function standing(product: System['product'], run: FaultRun): Promise<Accepted> {
  const {
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
