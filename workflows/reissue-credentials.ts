import { workflowInfo } from '@temporalio/workflow';
import { mailActivities } from './activities';

/** Sends the tenant's first admin a new claim link and sets a new temporary password; the old ones are void from then on. */
export async function reissueCredentials(input: { tenantId: string; requestedBy: string }): Promise<void> {
  const reissueId = workflowInfo().runId;
  await mailActivities('Send a new claim link').reissueCredentials({ ...input, reissueId });
}
