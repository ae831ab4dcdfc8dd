import type { Payload, PayloadCodec } from '@temporalio/common';
import { z } from 'zod';
import { createPayloadCodec } from '../../../contract/temporal/payload-codec';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';

/** In bytes. Larger than usual, because a history can have many payloads. */
const CODEC_BODY_LIMIT = 4 * 1024 * 1024;

const base64 = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/, 'Must be base64.');

/**
 * Loose, unlike the schemas of our own API: the protocol is Temporal's, and newer versions of its Web UI and CLI may send members and
 * parameters that are unknown here. In proto3 JSON, a null member counts as absent.
 */
const payloadsSchema = z
  .looseObject({
    payloads: z
      .array(z.looseObject({ metadata: z.record(z.string(), base64).nullish(), data: base64.nullish() }))
      .max(10_000)
      .nullish(),
  })
  .meta({ id: 'Payloads', description: 'Temporal payloads as proto3 JSON.' });

const anyQuery = z.looseObject({});

type Payloads = z.output<typeof payloadsSchema>;
type PayloadJson = NonNullable<Payloads['payloads']>[number];

/**
 * `POST /codec/encode` and `/codec/decode`, as the Temporal Web UI and CLI call them, so that an operator can read encrypted histories.
 * Protocol: https://docs.temporal.io/codec-server
 */
export function codecRoutes({ codecRing }: ApiDependencies): Route[] {
  const codec = createPayloadCodec(codecRing);
  return (['encode', 'decode'] as const).map((direction) =>
    defineRoute<unknown, unknown, Payloads>({
      method: 'post',
      path: `/codec/${direction}`,
      operationId: `${direction}Payloads`,
      tag: 'Operating',
      summary:
        direction === 'decode' ? 'Decrypt payloads for the Temporal Web UI' : 'Encrypt payloads for the Temporal CLI',
      description:
        'Follows the protocol of Temporal’s codec servers. Unknown query parameters and members are ignored.',
      access: ['operations:operate'],
      query: anyQuery,
      body: payloadsSchema,
      bodyLimit: CODEC_BODY_LIMIT,
      answers: { 200: { description: 'The same number of payloads, in the same order.', schema: payloadsSchema } },
      problems: [],
      handle: async ({ body: { payloads } }) => ({
        status: 200,
        body: { payloads: await convert(codec, direction, payloads ?? []) },
        headers: { 'cache-control': 'no-store' },
      }),
    }),
  );
}

/** Converts the payloads. Those that the codec leaves unchanged are returned as they came, including members unknown to us. */
async function convert(
  codec: PayloadCodec,
  direction: 'encode' | 'decode',
  given: PayloadJson[],
): Promise<PayloadJson[]> {
  const payloads = given.map(fromJson);
  const converted = await (direction === 'encode' ? codec.encode(payloads) : decode(codec, payloads));
  return converted.map((payload, index) => (payload === payloads[index] ? given[index]! : toJson(payload)));
}

async function decode(codec: PayloadCodec, payloads: Payload[]): Promise<Payload[]> {
  try {
    return await codec.decode(payloads);
  } catch {
    throw new ApiProblem('invalid-body', {
      detail: 'A payload cannot be decrypted: it was altered, or its key is no longer in CODEC_KEY_RING.',
    });
  }
}

function fromJson({ metadata, data }: PayloadJson): Payload {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')]),
    ),
    data: Buffer.from(data ?? '', 'base64'),
  };
}

function toJson({ metadata, data }: Payload): PayloadJson {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
    data: Buffer.from(data ?? []).toString('base64'),
  };
}
