import { randomUUID } from 'node:crypto';
import { ActivityNotFoundError, type Client, type WorkflowStartOptions } from '@temporalio/client';
import type { BackupTask } from '../../contract/backups/backups';
import type { InvoicePage, InvoicesInput } from '../../contract/billing/invoices';
import type { ExportLinkInput } from '../../contract/exports/links';
import type { ScanInput, ScanOutcome } from '../../contract/maintenance/scans';
import type { SweepInput } from '../../contract/maintenance/sweeps';
import { invoicePageSchema } from '../../contract/schemas/billing/invoice-schema';
import {
  backupStart,
  exportLinkStart,
  invoicesStart,
  reissueStart,
  scanStart,
  sweepStart,
  type RunStart,
} from '../../contract/temporal/run-starts';
import { TASK_QUEUE } from '../../contract/temporal/task-queues';
import { startRun, type RunStarter } from '../../contract/temporal/start-run';
import type { Waiting } from '../../registry/evidence/scans';
import { deadlines, LINK_MS, SIGNAL_MS, START_MS } from './deadlines';

/** What the API asks of every other run. Every call ends within seconds, and throws if it gets no answer. */
export interface MaintenanceRuns {
  /** Starts sending a new claim link; does nothing while one is being sent. */
  reissue(tenantId: string, requestedBy: string): Promise<void>;
  /** Starts a sweep, unless a requested sweep is under way. */
  sweep(input: SweepInput): Promise<'started' | 'exists'>;
  /** Starts a scan of a tenant, unless one is under way. */
  scan(input: ScanInput): Promise<'started' | 'exists'>;
  /** Completes the activity that waits for a scanner's report. False if it is no longer waiting. */
  completeScan(waiting: Waiting, outcome: ScanOutcome): Promise<boolean>;
  /** Sends the waiting activity a heartbeat from its scanner. False if it is no longer waiting. */
  heartbeatScan(waiting: Waiting): Promise<boolean>;
  /** Starts an action on a backup; does nothing while the same action is under way. */
  backUp(task: BackupTask): Promise<void>;
  /** Has the region's worker sign a link to a volume of an export. */
  exportLink(input: ExportLinkInput): Promise<string>;
  /** Has a worker read a page of a tenant's invoices from the billing provider. */
  invoices(input: InvoicesInput): Promise<InvoicePage>;
  /** Resolves when Temporal answers. */
  ping(): Promise<void>;
}

/** The part of Temporal's client that starts the other runs and completes their waiting activities. */
export interface MaintenanceClient extends RunStarter, Pick<Client, 'withDeadline'> {
  workflow: RunStarter['workflow'] & {
    execute(workflowType: string, options: WorkflowStartOptions): Promise<unknown>;
  };
  activity: Pick<Client['activity'], 'complete' | 'heartbeat'>;
  connection: { workflowService: { getSystemInfo(request: object): Promise<unknown> } };
}

/** {@link MaintenanceRuns} on Temporal. */
export function createMaintenanceRuns(client: MaintenanceClient, taskQueue?: string): MaintenanceRuns {
  const within = deadlines(client);
  const start = (run: RunStart): Promise<'started' | 'exists'> =>
    within(START_MS, () => startRun(client, run, taskQueue));

  return {
    reissue: async (tenantId, requestedBy) => void (await start(reissueStart(tenantId, requestedBy))),
    backUp: async (task) => void (await start(backupStart(task))),
    sweep: (input) => start(sweepStart(input)),
    scan: (input) => start(scanStart(input)),

    completeScan: (waiting, outcome) =>
      within(SIGNAL_MS, () => falseIfEnded(client.activity.complete(idOf(waiting), outcome))),

    heartbeatScan: (waiting) => within(SIGNAL_MS, () => falseIfEnded(client.activity.heartbeat(idOf(waiting)))),

    exportLink: async (input) => {
      const { workflowType, ...options } = exportLinkStart(input, randomUUID());
      const url = await within(LINK_MS, () =>
        client.workflow.execute(workflowType, { ...options, taskQueue: taskQueue ?? TASK_QUEUE }),
      );
      return String(url);
    },

    invoices: async (input) => {
      const { workflowType, ...options } = invoicesStart(input, randomUUID());
      const page = await within(LINK_MS, () =>
        client.workflow.execute(workflowType, { ...options, taskQueue: taskQueue ?? TASK_QUEUE }),
      );
      return invoicePageSchema.parse(page);
    },

    ping: () =>
      within(START_MS, async () => {
        await client.connection.workflowService.getSystemInfo({});
      }),
  };
}

function idOf({ workflowId, runId, activityId }: Waiting): Waiting {
  return { workflowId, runId, activityId };
}

/** False if the activity has already ended or timed out. */
async function falseIfEnded(told: Promise<void>): Promise<boolean> {
  try {
    await told;
    return true;
  } catch (error) {
    if (error instanceof ActivityNotFoundError) return false;
    throw error;
  }
}
