import type { Payload, PayloadCodec } from '@temporalio/common';
import { z } from 'zod';
import { createPayloadCodec } from '../../contract/payload-codec';
import type { ApiDependencies } from '../dependencies';
import { ApiProblem } from '../problems';
import { defineRoute, type Route } from '../route';

/** A history's payloads can be many. */
const CODEC_BODY_LIMIT = 4 * 1024 * 1024;

const base64 = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/, 'Must be base64.');

const payloadsSchema = z
  .strictObject({
    payloads: z
      .array(z.strictObject({ metadata: z.record(z.string(), base64).optional(), data: base64.optional() }))
      .max(10_000)
      // The CLI sends proto3 JSON, which leaves an empty list out: a query without arguments has none.
      .default([]),
  })
  .meta({ id: 'Payloads', description: 'Temporal payloads as proto3 JSON.' });

type Payloads = z.output<typeof payloadsSchema>;

/**
 * `POST /codec/encode` and `/codec/decode`, as the Temporal Web UI and CLI call them; with them an operator reads what is encrypted in
 * histories. Source: https://docs.temporal.io/codec-server
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
      access: ['operations:operate'],
      body: payloadsSchema,
      bodyLimit: CODEC_BODY_LIMIT,
      answers: { 200: { description: 'The same number of payloads, in the same order.', schema: payloadsSchema } },
      problems: [],
      handle: async ({ body: { payloads } }) => ({
        status: 200,
        body: { payloads: (await convert(codec, direction, payloads.map(fromJson))).map(toJson) },
        headers: { 'cache-control': 'no-store' },
      }),
    }),
  );
}

async function convert(codec: PayloadCodec, direction: 'encode' | 'decode', payloads: Payload[]): Promise<Payload[]> {
  if (direction === 'encode') return codec.encode(payloads);
  try {
    return await codec.decode(payloads);
  } catch {
    throw new ApiProblem('invalid-body', {
      detail: 'A payload cannot be decrypted: it was changed, or its key is no longer in CODEC_KEY_RING.',
    });
  }
}

function fromJson({ metadata = {}, data }: Payloads['payloads'][number]): Payload {
  return {
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value, 'base64')])),
    data: Buffer.from(data ?? '', 'base64'),
  };
}

function toJson({ metadata, data }: Payload): Payloads['payloads'][number] {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
    data: Buffer.from(data ?? []).toString('base64'),
  };
}
