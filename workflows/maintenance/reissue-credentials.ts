import { workflowInfo } from '@temporalio/workflow';
import { mailActivities } from '../operations/proxies';
import { aText, inputOf, TENANT_ID } from '../operations/received';

/** Mails the tenant's first admin a new claim link and sets a new temporary password, which voids the old ones. */
export async function reissueCredentials(input: { tenantId: string; requestedBy: string }): Promise<void> {
  const { tenantId, requestedBy } = inputOf(input, { tenantId: TENANT_ID, requestedBy: aText });
  const reissueId = workflowInfo().runId;
  await mailActivities('Send a new claim link').reissueCredentials({ tenantId, requestedBy, reissueId });
}
