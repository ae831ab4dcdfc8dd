import { z } from 'zod';

/** Values in OTLP's JSON; numbers that may be large arrive as text. */
const attribute = z.object({
  key: z.string(),
  value: z.union([
    z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
    z.object({ intValue: z.coerce.number() }).transform(({ intValue }) => intValue),
    z.object({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
    z.object({ boolValue: z.boolean() }).transform(({ boolValue }) => String(boolValue)),
    z.unknown().transform((value) => JSON.stringify(value)),
  ]),
});
const attributes = z
  .array(attribute)
  .default([])
  .transform((list): Record<string, string | number> => Object.fromEntries(list.map(({ key, value }) => [key, value])));
const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  traceState: z.string().default(''),
  parentSpanId: z.string().default(''),
  name: z.string(),
  attributes,
  events: z.array(z.object({ name: z.string(), attributes })).default([]),
  status: z.object({ message: z.string().default(''), code: z.number().default(0) }).default({ message: '', code: 0 }),
});
const request = z.object({
  resourceSpans: z
    .array(
      z.object({
        resource: z.object({ attributes }),
        scopeSpans: z.array(z.object({ spans: z.array(span).default([]) })).default([]),
      }),
    )
    .default([]),
});

/** A span as it has left the product, with the name of the process that made it. */
export interface ReceivedSpan extends z.output<typeof span> {
  service: string;
}

/** The spans of a request to a collector, in OTLP's JSON form. */
export function spansIn(exported: unknown): ReceivedSpan[] {
  return request
    .parse(exported)
    .resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) =>
        spans.map((each) => ({ ...each, service: String(resource.attributes['service.name']) })),
      ),
    );
}

/** A span with those below it. */
export interface Tree extends ReceivedSpan {
  below: Tree[];
}

/** The span with this id, and everything below it. */
export function treeOf(spans: readonly ReceivedSpan[], root: ReceivedSpan): Tree {
  const below = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
  return { ...root, below: below.map((each) => treeOf(spans, each)) };
}

/** Everything below a span. */
export function allBelow({ below }: Tree): Tree[] {
  return below.flatMap((each) => [each, ...allBelow(each)]);
}
