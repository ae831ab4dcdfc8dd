import type { Client } from '@temporalio/client';
import { AUDIT_EXPORT_SECONDS, AUDIT_SCHEDULE_ID, EXPORT_AUDIT_HEADS } from '../contract/audit-export';
import { ensureSchedule } from './interval-schedule';

/** Makes sure that Temporal exports heads of audit trails every `minutes`, or with 0 only when a tenant has become active. */
export async function ensureAuditSchedule(client: Client, minutes: number): Promise<void> {
  await ensureSchedule(client, {
    ...{ scheduleId: AUDIT_SCHEDULE_ID, minutes, workflowType: EXPORT_AUDIT_HEADS, workflowId: AUDIT_SCHEDULE_ID },
    ...{ args: [], seconds: AUDIT_EXPORT_SECONDS, summary: 'Export audit heads' },
  });
}
