/** Something a provider is asked about a tenant, without the ledger and without changing anything. */
export interface Question {
  /** Who is asked, for example `PostgreSQL`. */
  where: string;
  /** What is counted, for example `roles`. */
  what: string;
  /** How many of them belong to the tenant. */
  count(tenantId: string): Promise<number>;
}

/** What was answered. */
export interface Answer {
  where: string;
  what: string;
  /** Of the tenant that failed; a text says why there is no answer. */
  failed: number | string;
  /** Of the active ones: shows that the question finds what is there. A text says why there is no answer. */
  active: number | string;
}

/** Asks every question, about the tenants that failed and about those that are active. Never throws: no answer is an answer too. */
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
