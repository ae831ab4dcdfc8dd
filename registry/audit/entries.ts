import type { AuditFacts } from '../../contract/audit/chain';
import type { Queryable } from '../database';
import { isBehind, microsOf, toPage, type Page, type PageRequest } from '../pages';

/** Which entries to list, of all trails. An absent condition matches everything. */
export interface EntryFilter extends PageRequest {
  tenantId?: string | undefined;
  operationId?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  from?: Date | undefined;
  before?: Date | undefined;
  /** Leaves out this trail. */
  except?: string | undefined;
}

type EntryRow = Omit<AuditFacts, 'at' | 'sequence' | 'operationId'> & {
  at: Date;
  sequence: string;
  operationId: string | null;
  hash: string;
  micros: string;
};

/** An entry's place among those of the same moment. */
const HASH = `encode(hash, 'hex')`;

/**
 * A page of entries, newest first. The statement contains only the conditions that were given, so that the planner can choose the best
 * index. It proves nothing: only a whole trail can show that no entry is missing.
 */
export async function listEntries(db: Queryable, filter: EntryFilter): Promise<Page<AuditFacts>> {
  const given: [sql: (parameter: string) => string, value: unknown][] = [
    [(value) => `tenant_id = ${value}`, filter.tenantId],
    [(value) => `operation_id = ${value}`, filter.operationId],
    [(value) => `actor = ${value}`, filter.actor],
    [(value) => `action = ${value}`, filter.action],
    [(value) => `at >= ${value}`, filter.from],
    [(value) => `at < ${value}`, filter.before],
    [(value) => `tenant_id <> ${value}`, filter.except],
  ];
  const asked = given.filter(([, value]) => value !== undefined);
  const conditions = [...asked.map(([sql], index) => sql(`$${index + 3}`)), isBehind('at', HASH, 1, 2)];
  const { after, limit } = filter;
  const { rows } = await db.query<EntryRow>(
    `select tenant_id as "tenantId", sequence, at, operation_id as "operationId", actor, action, detail, ${HASH} as hash,
       ${microsOf('at')} as micros
     from audit_entry where ${conditions.join(' and ')} order by at desc, ${HASH} desc limit ${Number(limit) + 1}`,
    [after?.micros ?? null, after?.id ?? null, ...asked.map(([, value]) => value)],
  );
  return toPage(rows, limit, ({ micros, hash }) => ({ micros, id: hash }), factsOf);
}

function factsOf({ tenantId, sequence, at, operationId, actor, action, detail }: EntryRow): AuditFacts {
  return {
    tenantId,
    sequence: Number(sequence),
    at: at.toISOString(),
    ...(operationId === null ? {} : { operationId }),
    actor,
    action,
    detail,
  };
}
