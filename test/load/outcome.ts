import type { OperationStatus } from '../../contract/states';
import type { TestProduct } from '../helpers/product';
import { patiently } from './patiently';

/** What came of one order, as the registry has it in the end. */
export interface Outcome {
  operationId: string;
  tenantId: string;
  plan: string;
  region: string | null;
  status: OperationStatus;
  /** Why it failed, and in which step. */
  failure: string | null;
  failedStep: string | null;
  /** Seconds from acceptance to the end; null while it has none. */
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

/** What the providers themselves still have of these tenants, a few tenants at a time. */
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
