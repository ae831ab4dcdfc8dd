import type { Plan } from '../../contract/orders/order';
import { maybeOne, type Queryable } from '../database';

/** Billing period of a subscription. */
type Cycle = 'monthly' | 'yearly';

/** What the billing provider says that the first invoice of a plan comes to. */
export interface PlanPrice {
  plan: Plan;
  cycle: Cycle;
  currency: string;
  /** In the smallest currency unit; null if the provider could not say. */
  due: number | null;
  /** Why it could not. */
  problem: string | null;
}

/** Records what the billing provider has just said about a plan, in place of what it said before. */
export async function recordPlanPrice(db: Queryable, price: PlanPrice): Promise<void> {
  const { plan, cycle, currency, due, problem } = price;
  await db.query(
    `insert into plan_price (plan, cycle, currency, due, problem) values ($1, $2, $3, $4, $5)
     on conflict (plan, cycle) do update
     set currency = excluded.currency, due = excluded.due, problem = excluded.problem, asked_at = excluded.asked_at`,
    [plan, cycle, currency, due, problem],
  );
}

/** What the billing provider last said about a plan; undefined if it was never asked. */
export async function findPlanPrice(
  db: Queryable,
  plan: Plan,
  cycle: Cycle,
): Promise<(PlanPrice & { askedAt: Date }) | undefined> {
  return maybeOne<PlanPrice & { askedAt: Date }>(
    db,
    `select plan, cycle, currency, due::float8 as due, problem, asked_at as "askedAt" from plan_price where plan = $1 and cycle = $2`,
    [plan, cycle],
  );
}
