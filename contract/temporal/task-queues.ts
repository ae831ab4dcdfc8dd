/** Task queue for everything that belongs to no region. */
export const TASK_QUEUE = 'provisioning';

/** Task queue of the requests to webhook endpoints, so that endpoints that do not answer occupy no place of another activity. */
export const WEBHOOK_TASK_QUEUE = 'webhooks';

/** Task queue of the activities that touch one region. Only workers that hold the region's credentials poll it. */
export function regionTaskQueue(region: string): string {
  return `region.${region}`;
}
