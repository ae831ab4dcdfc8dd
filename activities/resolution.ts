import { randomUUID } from 'node:crypto';
import { requestResolution, takeResolution } from '../registry/resolutions';
import type { Dependencies } from './dependencies';
import type { Activities, ResolutionInput } from './interface';

/** What an operator has decided takes effect in the registry. */
export function createResolution({ pool }: Dependencies): Pick<Activities, 'takeResolution'> {
  /** One that came past the API gets its row here; a repeated attempt may leave one that was never taken, which nobody minds. */
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
