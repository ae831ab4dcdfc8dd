import type { OperationStatus } from '../../../contract/operations/states';
import type { TestProduct } from '../../helpers/product';
import { patiently } from './patiently';

/** Final state of one order, according to the registry. */
export interface Outcome {
  operationId: string;
  tenantId: string;
  plan: string;
  region: string | null;
  status: OperationStatus;
  /** Type of the failure, and the failed step. */
  failure: string | null;
  failedStep: string | null;
  /** Seconds from acceptance to the end; null while it has not ended. */
  seconds: number | null;
}

/** Every operation of the registry. */
export async function outcomesOf({ registry }: TestProduct): Promise<Outcome[]> {
  const { rows } = await registry.query<Outcome>(`
    select operation_id as "operationId", tenant_id as "tenantId", plan, region, status, failure->>'type' as failure, failure->>'step' as "failedStep",
      extract(epoch from completed_at - created_at)::float8 as seconds
    from operation order by created_at`);
  return rows;
}

/** Resources of these tenants at the providers, looked up a few tenants at a time. */
export async function tracesOf(
  { providers }: TestProduct,
  tenantIds: readonly string[],
  atOnce = 4,
): Promise<string[]> {
  const left: string[] = [];
  const waiting = [...tenantIds];
  const ask = async (): Promise<void> => {
    for (let tenant = waiting.pop(); tenant !== undefined; tenant = waiting.pop()) {
      const tenantId = tenant;
      for (const trace of await patiently(() => providers.traces(tenantId))) left.push(`${tenantId}: ${trace}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, ask));
  return left;
}
