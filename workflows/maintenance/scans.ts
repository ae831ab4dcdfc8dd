import { executeChild, isCancellation, log, ParentClosePolicy, proxyActivities } from '@temporalio/workflow';
import type { ScanActivities } from '../../activities/maintenance/interface-scan';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';
import {
  SCAN_DEADLINE_SECONDS,
  SCAN_HEARTBEAT_SECONDS,
  type ScanInput,
  type ScanOutcome,
} from '../../contract/maintenance/scans';
import { scanStart } from '../../contract/temporal/run-starts';
import { aText, inputOf, TENANT_ID } from '../operations/received';
import { activitiesIn, settled } from '../operations/regional';

/** Requester recorded for scheduled scans. */
const SCHEDULED = 'schedule';

/** Short statements on the registry. */
const registry = proxyActivities<ScanActivities>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '30s',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumAttempts: 5 },
});

/** Scans one tenant from its region's worker. A scanner that is lost is started a second time. */
export async function scanTenant(input: ScanInput): Promise<ScanOutcome> {
  inputOf(input, { tenantId: TENANT_ID, region: aText, requestedBy: aText });
  const { scan } = activitiesIn<ScanActivities>(input.region, {
    summary: 'Scan',
    scheduleToStartTimeout: '10m',
    startToCloseTimeout: `${SCAN_DEADLINE_SECONDS}s`,
    heartbeatTimeout: `${SCAN_HEARTBEAT_SECONDS}s`,
    retry: { initialInterval: '10s', maximumAttempts: 2 },
  });
  const { result, failure } = await settled(() => scan(input));
  return failure ? registry.giveUpScan(input) : result;
}

/** Scans every tenant that is due, one at a time, because a scanner puts load on what it scans. */
export async function scanDue(): Promise<{ scanned: number }> {
  const due = await registry.listDueScans();
  for (const tenant of due) {
    const input = { ...tenant, requestedBy: SCHEDULED };
    const { workflowId, staticSummary, typedSearchAttributes } = scanStart(input);
    try {
      await executeChild(scanTenant, {
        workflowId,
        args: [input],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary,
        typedSearchAttributes: typedSearchAttributes!,
      });
    } catch (error) {
      if (isCancellation(error)) throw error;
      // Either this tenant's scan was requested at this very moment, or it failed and has recorded that itself.
      log.warn('A scan was skipped', { tenantId: tenant.tenantId });
    }
  }
  return { scanned: due.length };
}
