/** Counts a tenant's resources of one sort at a provider, without using the ledger and without changing anything. */
export interface Question {
  /** The provider, for example `PostgreSQL`. */
  where: string;
  /** The sort of resource, for example `roles`. */
  what: string;
  /** Number of these resources that belong to the tenant. */
  count(tenantId: string): Promise<number>;
}

/** The answer to a question. */
export interface Answer {
  where: string;
  what: string;
  /** Number for the failed tenants, or the reason why there is no answer. */
  failed: number | string;
  /** Number for the active tenants, which shows that the question finds what exists; or the reason why there is no answer. */
  active: number | string;
}

/** Asks every question for the failed and for the active tenants. Never throws: a missing answer is reported as its reason. */
export async function ask(
  questions: readonly Question[],
  { failed, active }: { failed: readonly string[]; active: readonly string[] },
): Promise<Answer[]> {
  return Promise.all(
    questions.map(async ({ where, what, count }) => ({
      where,
      what,
      failed: await total(count, failed),
      active: await total(count, active),
    })),
  );
}

async function total(count: Question['count'], tenantIds: readonly string[]): Promise<number | string> {
  try {
    let sum = 0;
    for (const tenantId of tenantIds) sum += await count(tenantId);
    return sum;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
