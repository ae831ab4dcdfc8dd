import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { parseKeyRing } from '../../../contract/keys/key-ring';
import { operationWorkflowId } from '../../../contract/operations/messages';
import { createPayloadCodec } from '../../../contract/temporal/payload-codec';
import { historyOf } from '../../helpers/temporal/histories';
import type { TestProduct } from '../../helpers/product';
import { workflowBundle } from '../../helpers/temporal/workflow-bundle';

/** Replays these runs on the workflow code of this checkout; returns those that fail, with the reason. */
export async function replayRuns(product: TestProduct, operationIds: readonly string[]): Promise<string[]> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const codec = createPayloadCodec(parseKeyRing(product.env.CODEC_KEY_RING!));
  const histories = async function* () {
    for (const operationId of operationIds)
      yield { workflowId: operationWorkflowId(operationId), history: await historyOf(product, operationId) };
  };
  const results = Worker.runReplayHistories(
    { workflowBundle: await workflowBundle(), dataConverter: { payloadCodecs: [codec] } },
    histories(),
  );
  const failed: string[] = [];
  for await (const { workflowId, error } of results) if (error) failed.push(`${workflowId}: ${error.message}`);
  return failed;
}
