import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { KeyMissing, type KeyRing } from '../keys/key-ring';
import { createPayloadCodec } from './payload-codec';
import { unreadablePayload } from './payload-converter';

/** Path of the module with which workflow bundles decode payloads. */
export const PAYLOAD_CONVERTER = require.resolve('./payload-converter');

/** Data converter for workers. A payload sent to a workflow that cannot be decoded does not stop the workflow. */
export function workerConverter(ring: KeyRing): DataConverter {
  return { payloadCodecs: [lenientForWorkflows(createPayloadCodec(ring))], payloadConverterPath: PAYLOAD_CONVERTER };
}

/** Data converter for clients. A payload that cannot be decoded is an error. */
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
