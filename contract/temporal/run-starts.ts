import type { WorkflowStartOptions } from '@temporalio/client';
import { WorkflowIdConflictPolicy as Conflict, WorkflowIdReusePolicy as Reuse } from '@temporalio/common';
import { BACK_UP, backupWorkflowId, type BackupAction, type BackupTask } from '../backups/backups';
import {
  ASSIGN_BILLING,
  ASSIGN_BILLING_WORKFLOW_ID,
  billingWorkflowId,
  WATCH_BILLING,
  type BillingInput,
} from '../billing/billing';
import { LIST_INVOICES, type InvoicesInput } from '../billing/invoices';
import { EXPORT_LINK, type ExportLinkInput } from '../exports/links';
import { SCAN_TENANT, scanWorkflowId, type ScanInput } from '../maintenance/scans';
import { SWEEP, SWEEP_SECONDS, SWEEP_WORKFLOW_ID, type SweepInput } from '../maintenance/sweeps';
import { rulesOf, type OperationKind } from '../operations/kinds';
import { operationWorkflowId, type OperationInput } from '../operations/messages';
import { TRIAL, trialWorkflowId, type TrialInput } from '../tenants/trials';
import { DELIVER_WEBHOOK, deliveryWorkflowId, type DueDelivery } from '../webhooks/webhooks';
import { operationPriority } from './priorities';
import { SEARCH_ATTRIBUTES, tenantAttribute } from './search-attributes';

/** How a run is started, except for its task queue. */
export interface RunStart extends Omit<WorkflowStartOptions, 'taskQueue'> {
  workflowType: string;
  args: unknown[];
  staticSummary: string;
  /** What becomes of the start while a run of this id is open: that run counts as started, or the start fails. */
  workflowIdConflictPolicy: Conflict;
  /** Whether a run of this id may follow one that has ended. */
  workflowIdReusePolicy: Reuse;
}

/** Human-readable summary of each action on a backup. */
export const BACKUP_ACTIONS: Record<BackupAction, string> = {
  make: 'Back up',
  test: 'Test a restore',
  restore: 'Restore',
};

/** The run of an operation, started once. `residency` is the data residency of the order; it makes the run searchable by it. */
export function operationStart(kind: OperationKind, input: OperationInput, residency: string | null): RunStart {
  const { operationId, tenantId, plan } = input;
  const { workflow, title } = rulesOf(kind);
  return {
    workflowType: workflow,
    workflowId: operationWorkflowId(operationId),
    args: [input],
    staticSummary: `${title} ${plan} tenant ${tenantId}`,
    priority: operationPriority(plan),
    typedSearchAttributes: [
      tenantAttribute(tenantId),
      { key: SEARCH_ATTRIBUTES.plan, value: plan },
      { key: SEARCH_ATTRIBUTES.status, value: 'pending' },
      ...(residency === null ? [] : [{ key: SEARCH_ATTRIBUTES.residency, value: residency }]),
    ],
    workflowIdConflictPolicy: Conflict.USE_EXISTING,
    workflowIdReusePolicy: Reuse.REJECT_DUPLICATE,
  };
}

/** A run that takes over from an operation's lost one. */
export function resumeStart(kind: OperationKind, input: OperationInput, residency: string | null): RunStart {
  return {
    ...operationStart(kind, input, residency),
    workflowIdConflictPolicy: Conflict.FAIL,
    workflowIdReusePolicy: Reuse.ALLOW_DUPLICATE,
  };
}

/** An action on a backup. */
export function backupStart(task: BackupTask): RunStart {
  const { backupId, tenantId, action } = task;
  return {
    workflowType: BACK_UP,
    workflowId: backupWorkflowId(task),
    args: [task],
    staticSummary: `${BACKUP_ACTIONS[action]}: ${backupId} of tenant ${tenantId}`,
    typedSearchAttributes: [tenantAttribute(tenantId)],
    workflowIdConflictPolicy: Conflict.USE_EXISTING,
    workflowIdReusePolicy: Reuse.ALLOW_DUPLICATE,
  };
}

/** The sending of a new claim link to a tenant's first admin. */
export function reissueStart(tenantId: string, requestedBy: string): RunStart {
  return {
    workflowType: 'reissueCredentials',
    workflowId: `reissue/${tenantId}`,
    args: [{ tenantId, requestedBy }],
    staticSummary: `New claim link for tenant ${tenantId}`,
    typedSearchAttributes: [tenantAttribute(tenantId)],
    workflowIdConflictPolicy: Conflict.USE_EXISTING,
    workflowIdReusePolicy: Reuse.ALLOW_DUPLICATE,
  };
}

/** The signing of a link to a volume of an export; each request has a run of its own. */
export function exportLinkStart(input: ExportLinkInput, requestId: string): RunStart {
  const { tenantId, operationId, volume } = input;
  return {
    workflowType: EXPORT_LINK,
    workflowId: `export-link/${operationId}/${volume}/${requestId}`,
    args: [input],
    workflowExecutionTimeout: '30s',
    staticSummary: `Link to volume ${volume} of the export of tenant ${tenantId}`,
    typedSearchAttributes: [tenantAttribute(tenantId)],
    workflowIdConflictPolicy: Conflict.FAIL,
    workflowIdReusePolicy: Reuse.ALLOW_DUPLICATE,
  };
}

/** The reading of a page of a tenant's invoices; each request has a run of its own. */
export function invoicesStart(input: InvoicesInput, requestId: string): RunStart {
  const { tenantId } = input;
  return {
    workflowType: LIST_INVOICES,
    workflowId: `invoices/${tenantId}/${requestId}`,
    args: [input],
    workflowExecutionTimeout: '30s',
    staticSummary: `Invoices of tenant ${tenantId}`,
    typedSearchAttributes: [tenantAttribute(tenantId)],
    workflowIdConflictPolicy: Conflict.FAIL,
    workflowIdReusePolicy: Reuse.ALLOW_DUPLICATE,
  };
}

/** The run that watches a trial. A lost one can be started again. */
export function trialStart(input: TrialInput): RunStart {
  const { tenantId } = input;
  return {
    workflowType: TRIAL,
    workflowId: trialWorkflowId(tenantId),
    args: [input],
    staticSummary: `Trial of tenant ${tenantId}`,
    typedSearchAttributes: [tenantAttribute(tenantId)],
    workflowIdConflictPolicy: Conflict.USE_EXISTING,
    workflowIdReusePolicy: Reuse.ALLOW_DUPLICATE,
  };
}

/** The run that follows a tenant's payments while there is something to follow. */
export function billingStart(input: BillingInput): RunStart {
  const { tenantId } = input;
  return {
    workflowType: WATCH_BILLING,
    workflowId: billingWorkflowId(tenantId),
    args: [input],
    staticSummary: `Payments of tenant ${tenantId}`,
    typedSearchAttributes: [tenantAttribute(tenantId)],
    workflowIdConflictPolicy: Conflict.USE_EXISTING,
    workflowIdReusePolicy: Reuse.ALLOW_DUPLICATE,
  };
}

/** The run that finds out whose accounts the billing provider's events are about. */
export function billingAssignmentStart(): RunStart {
  return {
    workflowType: ASSIGN_BILLING,
    workflowId: ASSIGN_BILLING_WORKFLOW_ID,
    args: [],
    staticSummary: 'Whose accounts events of the billing provider are about',
    workflowIdConflictPolicy: Conflict.USE_EXISTING,
    workflowIdReusePolicy: Reuse.ALLOW_DUPLICATE,
  };
}

/** A requested sweep. */
export function sweepStart(input: SweepInput): RunStart {
  return {
    workflowType: SWEEP,
    workflowId: SWEEP_WORKFLOW_ID,
    args: [input],
    workflowExecutionTimeout: `${SWEEP_SECONDS}s`,
    staticSummary: input.dryRun ? 'Sweep (dry run)' : 'Sweep',
    workflowIdConflictPolicy: Conflict.FAIL,
    workflowIdReusePolicy: Reuse.ALLOW_DUPLICATE,
  };
}

/** A scan of a tenant. */
export function scanStart(input: ScanInput): RunStart {
  return {
    workflowType: SCAN_TENANT,
    workflowId: scanWorkflowId(input.tenantId),
    args: [input],
    staticSummary: `Scan tenant ${input.tenantId}`,
    typedSearchAttributes: [tenantAttribute(input.tenantId)],
    workflowIdConflictPolicy: Conflict.FAIL,
    workflowIdReusePolicy: Reuse.ALLOW_DUPLICATE,
  };
}

/** One round of the delivery of a message to a webhook endpoint. */
export function webhookStart({ deliveryId, round, endpointId, type, tenantId }: DueDelivery): RunStart {
  return {
    workflowType: DELIVER_WEBHOOK,
    workflowId: deliveryWorkflowId({ deliveryId, round }),
    args: [{ deliveryId, round }],
    staticSummary: `Webhook ${type} to ${endpointId}${tenantId === null ? '' : `, tenant ${tenantId}`}`,
    ...(tenantId === null ? {} : { typedSearchAttributes: [tenantAttribute(tenantId)] }),
    workflowIdConflictPolicy: Conflict.USE_EXISTING,
    workflowIdReusePolicy: Reuse.ALLOW_DUPLICATE,
  };
}
