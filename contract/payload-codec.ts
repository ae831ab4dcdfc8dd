import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { decrypt, encrypt, type KeyRing } from './key-ring';

const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const CONTEXT = 'temporal-payload';
/** A bare string; and the answer of the SDK's own metadata query, which carries the current details. */
const READABLE = ['"', '{"definition":{"type":'];

/**
 * Encrypts what enters a history. The key id travels in the metadata, so a retired key still decrypts; payloads of another encoding pass
 * through, so histories from before the codec stay readable.
 *
 * Left readable: bare JSON strings, and the metadata a workflow tells about itself. The summaries and details that an operator reads in
 * the Temporal Web UI are such; this project's inputs, results and signals are all objects, and none of the texts names a person.
 */
export function createPayloadCodec(ring: KeyRing): PayloadCodec {
  return {
    encode: async (payloads) => payloads.map((payload) => seal(ring, payload)),
    decode: async (payloads) => payloads.map((payload) => open(ring, payload)),
  };
}

function seal(ring: KeyRing, payload: Payload): Payload {
  if (isForOperators(payload)) return payload;
  const plain = temporal.api.common.v1.Payload.encode(payload).finish();
  return {
    metadata: { [METADATA_ENCODING_KEY]: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(ring.current) },
    data: encrypt(ring.key(ring.current), plain, CONTEXT),
  };
}

function isForOperators({ metadata, data }: Payload): boolean {
  if (text(metadata?.[METADATA_ENCODING_KEY]) !== 'json/plain' || !data) return false;
  return READABLE.some((beginning) => text(data.subarray(0, beginning.length)) === beginning);
}

function open(ring: KeyRing, payload: Payload): Payload {
  if (text(payload.metadata?.[METADATA_ENCODING_KEY]) !== ENCODING) return payload;
  const key = ring.key(text(payload.metadata?.[KEY_ID]));
  return temporal.api.common.v1.Payload.decode(decrypt(key, payload.data ?? new Uint8Array(), CONTEXT));
}

function text(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}
