import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { SEARCH_ATTRIBUTES } from '../../../contract/temporal/search-attributes';
import { SEARCH_ATTRIBUTE_TYPES } from './search-attribute-types';

/**
 * A new Temporal namespace with the product's search attributes, so that the runs and queues of one test file meet nobody else's. The server
 * deletes what is in it after a day. Resolves once it can be used.
 */
export async function createNamespace(connection: Connection): Promise<string> {
  const namespace = `e2e-${randomBytes(6).toString('hex')}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  // The server's own caches learn of a namespace a moment later.
  await eventuallyDone(async () => {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: SEARCH_ATTRIBUTE_TYPES });
  });
  await eventuallyDone(async () => {
    await connection.workflowService.countWorkflowExecutions({
      namespace,
      query: `${SEARCH_ATTRIBUTES.plan.name} = 'none'`,
    });
  });
  return namespace;
}

async function eventuallyDone(work: () => Promise<void>): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; await sleep(100)) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
