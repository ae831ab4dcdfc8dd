import type { Connection } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { KeyRing } from '../../../contract/keys/key-ring';
import { createPayloadCodec } from '../../../contract/temporal/payload-codec';

/** Payloads by what is wrong with them. */
export type Payloads = Record<string, Payload[]>;

const KIB = 1024;

/** A payload with this encoding, whatever its data. */
export function encoded(encoding: string | Uint8Array, data: string | Uint8Array = 'xx'): Payload {
  return { metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) };
}

/** A payload of this JSON text, which may be none. */
export function json(text: string): Payload {
  return encoded('json/plain', text);
}

/** Payloads that no worker can decode, except the one whose key may be put back. */
export async function undecodable(ring: KeyRing): Promise<Payloads> {
  const codec = createPayloadCodec(ring);
  const sealed = async (payload: Payload): Promise<Payload> => (await codec.encode([payload]))[0]!;
  const good = await sealed(defaultPayloadConverter.toPayload({ decision: 'approve', reason: 'x' }));
  const withData = (data: Uint8Array): Payload => ({ metadata: good.metadata!, data });
  const changed = Buffer.from(good.data!);
  changed[changed.length - 1]! ^= 1;
  return {
    'an unknown encoding': [encoded('foo/bar')],
    'an empty encoding': [encoded('')],
    'an encoding that is no text': [encoded(Buffer.from([0xff, 0xfe, 0x00]))],
    'no metadata': [{ data: Buffer.from('xx') }],
    'nothing at all': [{}],
    'broken JSON': [json('{"decision":"approve"')],
    'JSON without data': [{ metadata: { encoding: Buffer.from('json/plain') } }],
    'JSON that is no UTF-8': [encoded('json/plain', Buffer.from([0x22, 0xff, 0xfe, 0x22]))],
    'protobuf as JSON': [encoded('json/protobuf', '{}')],
    'protobuf as bytes': [encoded('binary/protobuf', Buffer.from([1, 2, 3]))],
    'encrypted without a key id': [encoded('binary/encrypted')],
    'encrypted, then changed': [withData(changed)],
    'encrypted, then cut short': [withData(good.data!.subarray(0, 5))],
    'encrypted, then emptied': [withData(new Uint8Array())],
    'encrypted, of an unknown encoding': [await sealed(encoded('foo/bar'))],
    'a readable argument and one that is not': [json('{"resolutionId":1,"requestedBy":1}'), encoded('foo/bar')],
    [`${300} KiB of anything`]: [encoded('foo/bar', Buffer.alloc(300 * KIB, 7))],
  };
}

/** A payload under a key that the worker does not have. */
export function underMissingKey(): Payload {
  return {
    metadata: { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from('gone') },
    data: Buffer.alloc(64, 1),
  };
}

function ofAll(value: unknown, ...names: string[]): string {
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, value])));
}

/** A message whose texts are all this. */
function texts(text: unknown): string {
  return JSON.stringify({ decision: 'approve', comment: text, reason: text, requestedBy: text });
}

/** Readable payloads whose content no message of ours has. */
export function misshapen(): Payloads {
  const values: [string, string][] = [
    ['a number', '42'],
    ['a text', '"approve"'],
    ['true', 'true'],
    ['a list', '[{"decision":"approve"}]'],
    ['a deeply nested list', '['.repeat(50_000) + ']'.repeat(50_000)],
    ['a text of 300 KiB', JSON.stringify('x'.repeat(300 * KIB))],
    ['an id that is a number', '{"decisionId":1,"resolutionId":1,"requestedBy":1}'],
    ['an id that is none', '{"decisionId":"bogus","resolutionId":"bogus","requestedBy":""}'],
    ['an id with a NUL', ofAll('a\u0000b', 'decisionId', 'resolutionId', 'requestedBy')],
    ['an id of 300 KiB', ofAll('x'.repeat(100 * KIB), 'decisionId', 'resolutionId', 'requestedBy')],
    ['a NUL', texts('a\u0000b')],
    ['half a surrogate pair', texts('a\ud800b')],
    ['the other half', texts('a\udc00b')],
    ['other control characters', texts('a\u0007\u001bb')],
    ['a long text', texts('x'.repeat(100 * KIB))],
    ['a text that is a list', texts(['x'])],
  ];
  return {
    ...Object.fromEntries(values.map(([name, text]) => [name, [json(text)]])),
    'plain bytes': [encoded('binary/plain', 'xx')],
  };
}

/** What else a message may come with; a verb that needs nothing takes it. */
export function empty(): Payloads {
  return {
    'no argument': [],
    null: [json('null')],
    undefined: [encoded('binary/null', '')],
    'an object of something else': [json('{"foo":1,"__proto__":{"decision":"approve"},"constructor":null}')],
  };
}

/** The messages of one run, as whoever can reach Temporal may send them. */
export interface RawMessages {
  signal(name: string, payloads: Payload[]): Promise<void>;
  /** `accepted`, or the reason for the refusal. */
  update(name: string, payloads: Payload[]): Promise<string>;
  query(name: string, payloads: Payload[]): Promise<void>;
}

/** Sends messages to a run byte by byte as they are given. */
export function rawMessages(
  { workflowService }: Pick<Connection, 'workflowService'>,
  namespace: string,
  workflowId: string,
): RawMessages {
  const workflowExecution = { workflowId };
  return {
    signal: async (signalName, payloads) => {
      await workflowService.signalWorkflowExecution({
        namespace,
        workflowExecution,
        signalName,
        input: { payloads },
        requestId: crypto.randomUUID(),
        identity: 'a stranger',
      });
    },
    update: async (name, payloads) => {
      const { UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED: lifecycleStage } =
        temporal.api.enums.v1.UpdateWorkflowExecutionLifecycleStage;
      const { outcome } = await workflowService.updateWorkflowExecution({
        namespace,
        workflowExecution,
        waitPolicy: { lifecycleStage },
        request: {
          meta: { updateId: crypto.randomUUID(), identity: 'a stranger' },
          input: { name, args: { payloads } },
        },
      });
      return outcome?.failure?.message ?? 'accepted';
    },
    query: async (queryType, payloads) => {
      await workflowService.queryWorkflow({
        namespace,
        execution: workflowExecution,
        query: { queryType, queryArgs: { payloads } },
      });
    },
  };
}
