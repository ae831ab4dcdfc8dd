import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { workerConverter } from '../../contract/temporal/data-converter';
import { parseKeyRing } from '../../contract/keys/key-ring';
import { createPayloadCodec } from '../../contract/temporal/payload-codec';
import { payloadConverter } from '../../contract/temporal/payload-converter';

const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const value = (payload: Payload | undefined): unknown => defaultPayloadConverter.fromPayload(payload!);
const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString();

test('payloads survive a round trip, and are unreadable in between', async () => {
  const codec = createPayloadCodec(parseKeyRing(key('a')));
  const [sealed] = await codec.encode([payload({ operationId: 'op_canary' })]);
  expect(text(sealed!.data)).not.toContain('canary');
  expect((await codec.decode([sealed!])).map(value)).toEqual([{ operationId: 'op_canary' }]);
});

test('after a rotation the old key still decrypts and the new one encrypts', async () => {
  const [old, fresh] = [key('old'), key('new')];
  const [sealed] = await createPayloadCodec(parseKeyRing(old)).encode([payload({ n: 1 })]);
  const rotated = createPayloadCodec(parseKeyRing(`${fresh},${old}`));
  expect((await rotated.decode([sealed!])).map(value)).toEqual([{ n: 1 }]);
  const [again] = await rotated.encode([payload({ n: 2 })]);
  expect(text(again!.metadata!['encryption-key-id'])).toBe('new');
});

test('the error for a missing key names the key and reveals nothing else', async () => {
  const [sealed] = await createPayloadCodec(parseKeyRing(key('gone'))).encode([payload({ n: 1 })]);
  await expect(createPayloadCodec(parseKeyRing(key('other'))).decode([sealed!])).rejects.toThrow('no key gone');
});

test.each(['', 'a\u0000b', 'x'.repeat(1000)])(
  'a missing key with the impossible id %j is not waited for',
  async (id) => {
    const metadata = { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from(id) };
    const [read] = await workerConverter(parseKeyRing(key('a'))).payloadCodecs![0]!.decode(
      [{ metadata, data: Buffer.alloc(64) }],
      { type: 'workflow', namespace: 'default', workflowId: 'w' },
    );
    expect(payloadConverter.fromPayload(read!, { type: 'workflow', namespace: 'default', workflowId: 'w' })).toEqual({
      why: 'Its payload cannot be decrypted.',
      keyMissing: false,
    });
  },
);

test('a payload that was tampered with is refused', async () => {
  const codec = createPayloadCodec(parseKeyRing(key('a')));
  const [sealed] = await codec.encode([payload({ n: 1 })]);
  sealed!.data![20]! ^= 1;
  await expect(codec.decode([sealed!])).rejects.toThrow();
});

test('summaries for operators and payloads from before the codec stay readable', async () => {
  const codec = createPayloadCodec(parseKeyRing(key('a')));
  const summary = payload('Provision the database share');
  const details = payload({ definition: { type: 'provisionTenant' }, currentDetails: '| step |' });
  expect(await codec.encode([summary, details])).toEqual([summary, details]);
  const plain = payload({ from: 'before' });
  expect(await codec.decode([plain])).toEqual([plain]);
});

test.each(['', 'a', 'a:short', 'a b:AAAA', `${key('a')},nonsense`])('%j is not a valid key ring', (text) => {
  expect(() => parseKeyRing(text)).toThrow(/key ring/);
});

test('a duplicate key id is refused', () => {
  expect(() => parseKeyRing(`${key('a')},${key('a')}`)).toThrow('twice');
});
