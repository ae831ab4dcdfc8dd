import type { Client } from '@temporalio/client';
import { AUDIT_EXPORT_SECONDS, AUDIT_SCHEDULE_ID, EXPORT_AUDIT_HEADS } from '../contract/audit-export';
import { TASK_QUEUE } from '../contract/messages';
import { ensureSchedule } from './schedule';

/** Makes sure that Temporal exports heads of audit trails every `intervalMinutes`, or with 0 only at the end of runs. */
export async function ensureAuditSchedule(client: Client, intervalMinutes: number): Promise<void> {
  await ensureSchedule(client, {
    scheduleId: AUDIT_SCHEDULE_ID,
    everyMinutes: intervalMinutes,
    action: {
      type: 'startWorkflow',
      workflowType: EXPORT_AUDIT_HEADS,
      workflowId: AUDIT_SCHEDULE_ID,
      taskQueue: TASK_QUEUE,
      args: [],
      workflowExecutionTimeout: `${AUDIT_EXPORT_SECONDS}s`,
      staticSummary: 'Export audit heads',
    },
  });
}
