import type pg from 'pg';
import { announce } from '../audit/append-once';

/** What a scheduled deletion has left alone because of a legal hold. */
export interface Kept {
  tenantId: string;
  what: 'backups' | 'storage';
  holdId: string;
}

/** Records in the audit trail, once for each hold, that a scheduled deletion leaves everything alone while the hold stands. */
export async function announceKept(pool: pg.Pool, { tenantId, what, holdId }: Kept): Promise<void> {
  await announce(pool, { tenantId, actor: 'schedule', action: `${what}.kept-by-legal-hold`, detail: { holdId } });
}
