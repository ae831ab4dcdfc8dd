import {
  defaultPayloadConverter,
  METADATA_ENCODING_KEY,
  type Payload,
  type PayloadConverter,
  type SerializationContext,
} from '@temporalio/common';
import { Unreadable } from './unreadable';

const ENCODING = 'unreadable';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/**
 * The payload converter of the worker. Anyone who can reach Temporal can send a workflow undecodable bytes, and an error thrown here would
 * fail every workflow task of that run from then on. So an undecodable payload of a workflow – input, signal, update or query – becomes
 * {@link Unreadable}. Payloads of activities were written by this program, so an undecodable one is an error.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value, context, hint) => defaultPayloadConverter.toPayload(value, context, hint),
  fromPayload<T>(payload: Payload, context?: SerializationContext): T {
    if (context?.type !== 'workflow') return defaultPayloadConverter.fromPayload(payload, context);
    try {
      return marked(payload) ?? defaultPayloadConverter.fromPayload<T>(payload, context);
    } catch {
      return new Unreadable('Its payload cannot be decoded.', false) as T;
    }
  },
};

/** A substitute for a payload that the codec could not decrypt. */
export function unreadablePayload(why: string, keyMissing: boolean): Payload {
  return { metadata: { [METADATA_ENCODING_KEY]: encode(ENCODING) }, data: encode(JSON.stringify({ why, keyMissing })) };
}

function marked<T>({ metadata, data }: Payload): T | undefined {
  const encoding = metadata?.[METADATA_ENCODING_KEY];
  if (!encoding || !data || decode(encoding) !== ENCODING) return undefined;
  const { why, keyMissing } = JSON.parse(decode(data)) as Unreadable;
  return new Unreadable(String(why), keyMissing === true) as T;
}
