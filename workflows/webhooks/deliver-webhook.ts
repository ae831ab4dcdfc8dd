import { continueAsNew, proxyActivities, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import type { WebhookActivities } from '../../activities/webhooks/interface';
import { WEBHOOK_TASK_QUEUE } from '../../contract/temporal/task-queues';
import type { WebhookDelivery } from '../../contract/webhooks/webhooks';
import { between, inputOf, matching } from '../operations/received';

/**
 * One request. Whatever the receiver answers is a result and not a failure, so retries are for workers that are lost and for a registry that
 * does not answer; neither ends the delivery.
 */
const { attemptWebhook } = proxyActivities<WebhookActivities>({
  taskQueue: WEBHOOK_TASK_QUEUE,
  summary: 'Send the message',
  startToCloseTimeout: '60s',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** Sends a message to its endpoint until it is delivered, its time is over, or the endpoint wants no more messages. */
export async function deliverWebhook(input: WebhookDelivery): Promise<{ attempts: number }> {
  inputOf(input, { deliveryId: matching(/^msg_[0-9a-f]{32}$/), round: between(1, 1_000_000) });
  const { deliveryId, round } = input;
  for (;;) {
    const result = await attemptWebhook({ deliveryId, round });
    if (result.ended) return { attempts: result.attempts };
    const { attempts, waitSeconds, problem } = result;
    const next = new Date(Date.now() + waitSeconds * 1000).toISOString();
    setCurrentDetails(`Attempt ${attempts} failed: ${problem} The next one is at ${next}.`);
    await sleep(waitSeconds * 1000);
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof deliverWebhook>(input);
  }
}
