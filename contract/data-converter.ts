import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { KeyMissing, type KeyRing } from './key-ring';
import { createPayloadCodec } from './payload-codec';
import { unreadablePayload } from './payload-converter';

/** The module that workflow bundles decode with. */
export const PAYLOAD_CONVERTER = require.resolve('./payload-converter');

/** How a worker reads and writes histories: what a workflow is sent and nothing can decode does not keep it from going on. */
export function workerConverter(ring: KeyRing): DataConverter {
  return { payloadCodecs: [lenientForWorkflows(createPayloadCodec(ring))], payloadConverterPath: PAYLOAD_CONVERTER };
}

/** How a client reads and writes histories: what it cannot decode is an error. */
export function clientConverter(ring: KeyRing): DataConverter {
  return { payloadCodecs: [createPayloadCodec(ring)] };
}

function lenientForWorkflows(codec: PayloadCodec): PayloadCodec {
  return {
    encode: (payloads) => codec.encode(payloads),
    decode: (payloads, context) =>
      context?.type === 'workflow'
        ? Promise.all(
            payloads.map((payload) =>
              codec.decode([payload]).then(
                ([plain]) => plain!,
                (error: unknown) => unreadable(error),
              ),
            ),
          )
        : codec.decode(payloads),
  };
}

function unreadable(error: unknown): Payload {
  return error instanceof KeyMissing
    ? unreadablePayload(error.message, true)
    : unreadablePayload('Its payload cannot be decrypted.', false);
}
