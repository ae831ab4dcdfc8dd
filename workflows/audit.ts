import { ActivityFailure, isCancellation, log, proxyActivities, type ActivityInterfaceFor } from '@temporalio/workflow';
import type { AuditActivities, AuditExportResult } from '../activities/interface-audit';
import { regionTaskQueue, TASK_QUEUE } from '../contract/messages';
import { attempt } from './notices';
import type { Run } from './run';

type Proxy = ActivityInterfaceFor<AuditActivities>;

/** What an export came to; `undone` are regions whose worker or vault did not answer. The next export makes up for them. */
export interface AuditExportSummary extends AuditExportResult {
  undone: string[];
}

/** Exports the heads of all audit trails that have moved, each region where its vault is. */
export async function exportAuditHeads(): Promise<AuditExportSummary> {
  const { auditRegions } = proxyActivities<AuditActivities>({
    taskQueue: TASK_QUEUE,
    startToCloseTimeout: '30s',
    retry: { maximumAttempts: 5 },
  });
  const summary: AuditExportSummary = { exported: 0, discrepancies: 0, undone: [] };
  await Promise.all(
    (await auditRegions()).map(async (region) => {
      try {
        const result = await inRegion(region, '10m').exportAuditHeads({ region });
        summary.exported += result.exported;
        summary.discrepancies += result.discrepancies;
      } catch (error) {
        if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
        log.warn('The audit heads of a region were not exported', { region });
        summary.undone.push(region);
      }
    }),
  );
  summary.undone.sort();
  return summary;
}

/** An active tenant's trail is kept at once. What cannot be exported now, and the trails of what was undone, are exported by the schedule. */
export async function exportHead({ region, input: { tenantId } }: Run): Promise<void> {
  if (region === undefined) return;
  await attempt(async () => void (await inRegion(region, '1m').exportAuditHeads({ region, tenantId })));
}

function inRegion(region: string, longest: '1m' | '10m'): Proxy {
  return proxyActivities<AuditActivities>({
    taskQueue: regionTaskQueue(region),
    summary: 'Export audit heads',
    scheduleToStartTimeout: '1m',
    startToCloseTimeout: longest,
    scheduleToCloseTimeout: '15m',
    heartbeatTimeout: '20s',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumAttempts: 3 },
  });
}
