import { log, proxyActivities, type ActivityInterfaceFor } from '@temporalio/workflow';
import type { AuditActivities, AuditExportResult } from '../../activities/audit/interface';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';
import { attempt } from '../operations/notices';
import { activitiesIn, settled } from '../operations/regional';
import type { Run } from '../operations/run';

type Proxy = ActivityInterfaceFor<AuditActivities>;

/** The result of an export. `undone` lists the regions whose worker or vault did not answer; the next export catches up on them. */
export interface AuditExportSummary extends AuditExportResult {
  undone: string[];
}

/** Exports the heads of all audit trails that have new entries, each in the region that holds its vault. */
export async function exportAuditHeads(): Promise<AuditExportSummary> {
  const { auditRegions } = proxyActivities<AuditActivities>({
    taskQueue: TASK_QUEUE,
    startToCloseTimeout: '30s',
    retry: { maximumAttempts: 5 },
  });
  const summary: AuditExportSummary = { exported: 0, discrepancies: 0, undone: [] };
  await Promise.all(
    (await auditRegions()).map(async (region) => {
      const { result, failure } = await settled(() => inRegion(region, '10m').exportAuditHeads({ region }));
      if (failure) {
        log.warn('The audit heads of a region were not exported', { region });
        summary.undone.push(region);
        return;
      }
      summary.exported += result.exported;
      summary.discrepancies += result.discrepancies;
    }),
  );
  summary.undone.sort();
  return summary;
}

/**
 * Exports the head of a newly active tenant's trail at once. The schedule exports what fails here, and the trails of operations that were
 * undone.
 */
export async function exportHead({ region, input: { tenantId } }: Run): Promise<void> {
  if (region === undefined) return;
  await attempt(async () => void (await inRegion(region, '1m').exportAuditHeads({ region, tenantId })));
}

function inRegion(region: string, longest: '1m' | '10m'): Proxy {
  return activitiesIn<AuditActivities>(region, {
    summary: 'Export audit heads',
    scheduleToStartTimeout: '1m',
    startToCloseTimeout: longest,
    scheduleToCloseTimeout: '15m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumAttempts: 3 },
  });
}
