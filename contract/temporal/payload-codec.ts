import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { decrypt, encrypt, type KeyRing } from '../keys/key-ring';

const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const CONTEXT = 'temporal-payload';
/** Beginnings of payloads that stay readable: a bare string, and the answer of the SDK's metadata query with the current details. */
const READABLE = ['"', '{"definition":{"type":'];

/**
 * Encrypts the payloads that enter a history. The key id is in the payload's metadata, so a retired key still decrypts. Payloads with
 * another encoding pass through, so histories from before the codec stay readable.
 *
 * Bare JSON strings and a workflow's metadata about itself are not encrypted, because they are the summaries and details that operators
 * read in the Temporal Web UI. They never name a person, and this project's inputs, results and signals are all objects.
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
