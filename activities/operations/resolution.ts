import { randomUUID } from 'node:crypto';
import { requestResolution, takeResolution } from '../../registry/operations/resolutions';
import type { Dependencies } from '../dependencies';
import type { Activities, ResolutionInput } from './interface';

/** The activity by which an operator's decision takes effect in the registry. */
export function createResolution({ pool }: Pick<Dependencies, 'pool'>): Pick<Activities, 'takeResolution'> {
  /** Writes the row of a decision that was sent past the API. A retry may leave an extra row, which is never taken and does no harm. */
  async function recordUnverified({ operationId, verb, reason }: ResolutionInput): Promise<string> {
    const { resolutionId } = await requestResolution(pool, {
      resolutionId: randomUUID(),
      operationId,
      verb,
      reason: reason ?? '',
      requestedBy: 'unverified: an update past the API',
      verified: false,
      idempotencyKey: null,
      requestHash: null,
      orderCiphertext: null,
      leftovers: null,
    });
    return resolutionId;
  }

  return {
    async takeResolution(input) {
      const { operationId, steps } = input;
      const resolutionId = input.resolutionId ?? (await recordUnverified(input));
      return { answer: await takeResolution(pool, { operationId, resolutionId, verb: input.verb, steps }) };
    },
  };
}
