import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common';
import { operationWorkflowId, SEARCH_ATTRIBUTES, TASK_QUEUE, type ProvisionTenantInput } from './messages';
import { tenantAttribute } from './tenant-attribute';

const PLAN = defineSearchAttributeKey(SEARCH_ATTRIBUTES.plan, SearchAttributeType.KEYWORD);
const STATUS = defineSearchAttributeKey(SEARCH_ATTRIBUTES.status, SearchAttributeType.KEYWORD);
const RESIDENCY = defineSearchAttributeKey(SEARCH_ATTRIBUTES.residency, SearchAttributeType.KEYWORD);

/** What every run of an operation is started with, whoever starts it; the policies for a run that is there already are the starter's. */
export interface RunStart {
  workflowId: string;
  taskQueue: string;
  args: [ProvisionTenantInput];
  staticSummary: string;
  typedSearchAttributes: SearchAttributePair[];
}

/** Options of a run with this input. `residency`: what the order asked for, to be found by. */
export function runStart(input: ProvisionTenantInput, residency: string | null, taskQueue = TASK_QUEUE): RunStart {
  const { operationId, tenantId, plan } = input;
  return {
    workflowId: operationWorkflowId(operationId),
    taskQueue,
    args: [input],
    staticSummary: `Provision ${plan} tenant ${tenantId}`,
    typedSearchAttributes: [
      tenantAttribute(tenantId),
      { key: PLAN, value: plan },
      { key: STATUS, value: 'pending' },
      ...(residency === null ? [] : [{ key: RESIDENCY, value: residency }]),
    ],
  };
}
