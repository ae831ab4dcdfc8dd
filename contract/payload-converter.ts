import {
  defaultPayloadConverter,
  METADATA_ENCODING_KEY,
  type Payload,
  type PayloadConverter,
  type SerializationContext,
} from '@temporalio/common';
import { decode, encode } from '@temporalio/common/lib/encoding';
import { Unreadable } from './unreadable';

const ENCODING = 'unreadable';

/**
 * What a worker decodes with. Anyone who can reach Temporal can send a workflow bytes that nothing decodes, and an error thrown here would
 * fail every workflow task of that run from then on. So what belongs to a workflow – its input, signals, updates, queries – becomes
 * {@link Unreadable}. What belongs to an activity was written by this program: it is decoded, or fails loudly.
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

/** The payload put in the place of one that a codec could not open. */
export function unreadablePayload(why: string, keyMissing: boolean): Payload {
  return { metadata: { [METADATA_ENCODING_KEY]: encode(ENCODING) }, data: encode(JSON.stringify({ why, keyMissing })) };
}

function marked<T>({ metadata, data }: Payload): T | undefined {
  const encoding = metadata?.[METADATA_ENCODING_KEY];
  if (!encoding || !data || decode(encoding) !== ENCODING) return undefined;
  const { why, keyMissing } = JSON.parse(decode(data)) as Unreadable;
  return new Unreadable(String(why), keyMissing === true) as T;
}
