import {
  ActivityFailure,
  executeChild,
  isCancellation,
  log,
  ParentClosePolicy,
  proxyActivities,
} from '@temporalio/workflow';
import type { ScanActivities } from '../activities/interface-scan';
import { regionTaskQueue, TASK_QUEUE } from '../contract/messages';
import {
  SCAN_DEADLINE_SECONDS,
  SCAN_HEARTBEAT_SECONDS,
  scanWorkflowId,
  type ScanInput,
  type ScanOutcome,
} from '../contract/scans';
import { tenantAttribute } from '../contract/tenant-attribute';
import { aText, inputOf, TENANT_ID } from './received';

/** Who asked for a scan that nobody asked for. */
const SCHEDULED = 'schedule';

/** Short statements on the registry. */
const registry = proxyActivities<ScanActivities>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '30s',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumAttempts: 5 },
});

/** Has one tenant scanned, where its region's worker is. A scanner that is lost is started a second time. */
export async function scanTenant(input: ScanInput): Promise<ScanOutcome> {
  inputOf(input, { tenantId: TENANT_ID, region: aText, requestedBy: aText });
  const { scan } = proxyActivities<ScanActivities>({
    taskQueue: regionTaskQueue(input.region),
    summary: 'Scan',
    scheduleToStartTimeout: '10m',
    startToCloseTimeout: `${SCAN_DEADLINE_SECONDS}s`,
    heartbeatTimeout: `${SCAN_HEARTBEAT_SECONDS}s`,
    retry: { initialInterval: '10s', maximumAttempts: 2 },
  });
  try {
    return await scan(input);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return registry.giveUpScan(input);
  }
}

/** Has every tenant scanned whose scan is due, one after the other: scanners weigh on what they scan. */
export async function scanDue(): Promise<{ scanned: number }> {
  const due = await registry.listDueScans();
  for (const tenant of due)
    try {
      await executeChild(scanTenant, {
        workflowId: scanWorkflowId(tenant.tenantId),
        args: [{ ...tenant, requestedBy: SCHEDULED }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `Scan tenant ${tenant.tenantId}`,
        typedSearchAttributes: [tenantAttribute(tenant.tenantId)],
      });
    } catch (error) {
      if (isCancellation(error)) throw error;
      // Somebody has asked for it at this very moment, or it failed and says so itself: the others have their turn.
      log.warn('A scan was left out', { tenantId: tenant.tenantId });
    }
  return { scanned: due.length };
}
