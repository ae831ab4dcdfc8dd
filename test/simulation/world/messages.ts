import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { SENT } from '../plan/plan';

/** Values as they are transmitted. */
export function payloadsOf(args: readonly unknown[]): Payload[] {
  return args.map((arg) => defaultPayloadConverter.toPayload(arg));
}

const text = (value: string): Uint8Array => Buffer.from(value);
const raw = (encoding: string, data: string, more: Record<string, string> = {}): Payload[] => [
  {
    metadata: {
      encoding: text(encoding),
      ...Object.fromEntries(Object.entries(more).map(([key, value]) => [key, text(value)])),
    },
    data: text(data),
  },
];

/** Payloads sent past the API, by their name in a plan. */
export function payloadsSent(name: (typeof SENT)[number], ring: string): Payload[] {
  switch (name) {
    case 'approve':
      return payloadsOf([{ decision: 'approve', comment: 'by hand', reason: 'by hand', requestedBy: 'somebody' }]);
    case 'reject':
      return payloadsOf([{ decision: 'reject', comment: 'by hand' }]);
    case 'nothing':
      return [];
    case 'null':
      return payloadsOf([null]);
    case 'number':
      return payloadsOf([17]);
    case 'list':
      return payloadsOf([[{ decision: 'approve' }, null]]);
    case 'unknown encoding':
      return raw('foo/bar', 'xx');
    case 'unknown key':
      return raw('binary/encrypted', 'xx', { 'encryption-key-id': 'no-such-key' });
    case 'broken cipher':
      return raw('binary/encrypted', 'x'.repeat(60), { 'encryption-key-id': ring });
    case 'not json':
      return raw('json/plain', '{"decision":');
    case 'control characters':
      return payloadsOf([{ decision: 'approve', comment: 'a\u0000b', reason: 'a\u0000b', requestedBy: 'a\u0000b' }]);
    case 'unknown id':
      return payloadsOf([{ decisionId: UNKNOWN, resolutionId: UNKNOWN, reason: 'x' }]);
    case 'id that is no id':
      return payloadsOf([{ decisionId: 'bogus', resolutionId: 'bogus', reason: 'x' }]);
    case 'huge':
      return payloadsOf([{ decision: 'approve', comment: 'x'.repeat(100_000), reason: 'x'.repeat(100_000) }]);
    case 'deep':
      return raw('json/plain', `${'['.repeat(5_000)}${']'.repeat(5_000)}`);
    case 'prototype':
      return raw('json/plain', '{"__proto__":{"decision":"approve"},"constructor":1,"reason":{"a":1}}');
    case 'two arguments':
      return payloadsOf([{ decision: 'maybe' }, { decision: 'approve' }]);
  }
}

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
