import { randomBytes } from 'node:crypto';
import request, { type Response } from 'supertest';
import { defaultPayloadConverter } from '@temporalio/common';
import { parseKeyRing } from '../../../../contract/keys/key-ring';
import { createPayloadCodec } from '../../../../contract/temporal/payload-codec';
import { expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { hasPostgres, testRing } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the codec over HTTP: not run, this machine has no PostgreSQL');

const UI = 'http://temporal.example:8233';

interface Json {
  payloads: { metadata: Record<string, string>; data: string }[];
}

suite('decoding payloads for the Temporal Web UI', () => {
  let api: ApiHarness;
  let operator: Client;

  beforeAll(async () => {
    api = await startApiHarness();
    operator = await api.as(['operations:operate']);
  });
  afterAll(() => api.stop());

  /** A payload as the worker writes it, in the form that the Web UI sends. */
  async function encrypted(value: unknown, ring = api.dependencies.codecRing): Promise<Json> {
    const payloads = await createPayloadCodec(ring).encode([defaultPayloadConverter.toPayload(value)]);
    return {
      payloads: payloads.map(({ metadata, data }) => ({
        metadata: Object.fromEntries(
          Object.entries(metadata ?? {}).map(([key, bytes]) => [key, Buffer.from(bytes).toString('base64')]),
        ),
        data: Buffer.from(data!).toString('base64'),
      })),
    };
  }
  const dataOf = (response: Response): string =>
    Buffer.from((response.body as Json).payloads[0]!.data, 'base64').toString();

  test('payloads that the worker encrypted are decrypted, and payloads encrypted here can be decrypted', async () => {
    const sealed = await encrypted({ operationId: 'op_1' });
    expect(JSON.stringify(sealed)).not.toContain(Buffer.from('op_1').toString('base64'));
    const opened = await operator.post('/codec/decode', sealed);
    expect(JSON.parse(dataOf(opened))).toEqual({ operationId: 'op_1' });
    const again = await operator.post('/codec/encode', opened.body as object);
    expect((await operator.post('/codec/decode', again.body as object)).body).toEqual(opened.body);
  });

  test('unencrypted payloads pass through', async () => {
    const plain = {
      payloads: [
        {
          metadata: { encoding: Buffer.from('json/plain').toString('base64') },
          data: Buffer.from('7').toString('base64'),
        },
      ],
    };
    expect((await operator.post('/codec/decode', plain)).body).toEqual(plain);
  });

  test('unknown parameters, members and nulls of newer protocols are accepted, and members are returned', async () => {
    const sealed = await encrypted(7);
    const [payload] = sealed.payloads;
    const stored = {
      metadata: { encoding: 'anNvbi9wbGFpbg==' },
      data: 'Nw==',
      externalPayloads: [{ sizeBytes: '12' }],
    };
    const opened = await operator.post('/codec/decode?preserveStorageRefs=true&later=1&later=2', {
      payloads: [{ ...payload, later: true }, stored, { metadata: null, data: null }],
      later: {},
    });
    expect(opened.status).toBe(200);
    expect(dataOf(opened)).toBe('7');
    expect((opened.body as Json).payloads.slice(1)).toEqual([stored, { metadata: null, data: null }]);
    expect((await operator.post('/codec/encode?later=1', { payloads: null })).body).toEqual({ payloads: [] });
  });

  test('a message without a list of payloads is answered with none', async () => {
    expect((await operator.post('/codec/decode', {})).body).toEqual({ payloads: [] });
  });

  test('a payload that was changed, or encrypted under a removed key, is refused', async () => {
    expectProblem(await operator.post('/codec/decode', await encrypted(1, testRing())), 'invalid-body');
    expectProblem(await operator.post('/codec/decode', { payloads: [{ data: '*' }] }), 'invalid-body');
    expectProblem(await operator.post('/codec/decode', { payloads: 1 }), 'invalid-body');
  });

  test('after a rotation, payloads under the old key are still decrypted', async () => {
    const [old, fresh] = ['old', 'new'].map((id) => `${id}:${randomBytes(32).toString('base64')}`);
    const rotated = await startApiHarness({ codecRing: parseKeyRing(`${fresh},${old}`) });
    try {
      const client = await rotated.as(['operations:operate']);
      const opened = await client.post('/codec/decode', await encrypted(7, parseKeyRing(old!)));
      expect(dataOf(opened)).toBe('7');
      const { payloads } = (await client.post('/codec/encode', opened.body as object)).body as Json;
      expect(Buffer.from(payloads[0]!.metadata['encryption-key-id']!, 'base64').toString()).toBe('new');
    } finally {
      await rotated.stop();
    }
  });

  test('browsers may call it only from the Temporal Web UI', async () => {
    const preflight = (origin: string) =>
      request(api.app).options('/codec/decode').set('origin', origin).set('access-control-request-method', 'POST');
    expect((await preflight(UI)).headers).toMatchObject({
      'access-control-allow-origin': UI,
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': expect.stringContaining('x-namespace') as string,
    });
    const asked = await preflight(UI).set('access-control-request-headers', 'authorization-extras,x-later');
    expect(asked.headers['access-control-allow-headers']).toBe('authorization-extras,x-later');
    expect((await preflight('http://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
    const elsewhere = await request(api.app).options('/v1/tenants').set('origin', UI);
    expect(elsewhere.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('an operator’s browser gets a cookie that is valid only for the codec', async () => {
    const { text } = await request(api.app).get('/codec');
    expect(text).toContain('codec.js');
    expect(text).toContain(`<code id="endpoint">${api.dependencies.publicUrl}/codec</code>`);
    expect(text).toContain('Include cross-origin credentials');
    expect(text).toContain(`href="${UI}"`);
    const session = await operator.post('/codec/session');
    expect(session.status).toBe(204);
    const cookie = session.headers['set-cookie']![0]!;
    expect(cookie).toMatch(/^codec_token=tp_\S+; .*Path=\/codec;.*HttpOnly; SameSite=Strict/);
    const value = cookie.split(';')[0]!;
    const opened = await request(api.app)
      .post('/codec/decode')
      .set('cookie', value)
      .set('origin', UI)
      .send(await encrypted(7));
    expect(dataOf(opened)).toBe('7');
    expect(opened.headers['access-control-allow-origin']).toBe(UI);
    expectProblem(await request(api.app).get('/v1/tenants').set('cookie', value), 'unauthenticated');
  });

  test('other callers get no cookie', async () => {
    expectProblem(await request(api.app).post('/codec/session'), 'unauthenticated');
    expectProblem(await (await api.as(['tenants:read'])).post('/codec/session'), 'forbidden');
  });
});
