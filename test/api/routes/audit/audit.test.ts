import type { Response } from 'supertest';
import request from 'supertest';
import { verifyTrail } from '../../../../cli/verify-audit/verify';
import { auditLine, type AuditRecord } from '../../../../contract/audit/chain';
import type { SignedHead } from '../../../../contract/audit/head';
import { auditKeysSchema, auditRecordSchema } from '../../../../contract/schemas/audit-schema';
import { appendAudit } from '../../../../registry/audit/trail';
import { recordHead, registerAuditKey } from '../../../../registry/audit/heads';
import { transaction } from '../../../../registry/database';
import { expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { rebuild, tamper, testSigner } from '../../../helpers/audit/audit-chain';
import { placeOrder, type Ordered } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('audit trails over HTTP: not run, this machine has no PostgreSQL');

suite('an audit trail over HTTP', () => {
  const signer = testSigner();
  let api: ApiHarness;
  let reader: Client;
  let ordered: Ordered;

  beforeAll(async () => {
    api = await startApiHarness();
    reader = await api.as(['tenants:read']);
    const { kid, ...jwk } = await signer.publicJwk();
    await registerAuditKey(api.registry.pool, kid, { ...jwk, kid });
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    ordered = await placeOrder(await api.as(['tenants:order']));
    const { tenantId, operationId } = ordered;
    await transaction(api.registry.pool, async (client) => {
      for (const action of ['operation.validating', 'operation.provisioning', 'operation.active'])
        await appendAudit(client, { tenantId, operationId, actor: 'workflow', action, detail: { of: action } });
      await appendAudit(client, {
        tenantId,
        actor: 'claim-link',
        action: 'credentials.claimed',
        detail: { apiKeys: 1 },
      });
    });
  });

  async function exported(query = '', client = reader): Promise<Response> {
    return client
      .get(`/v1/tenants/${ordered.tenantId}/audit${query}`)
      .buffer(true)
      .parse((response, done) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => done(null, Buffer.concat(chunks)));
      });
  }

  async function lines(query = ''): Promise<object[]> {
    const { body } = await exported(query);
    return (body as Buffer)
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
  }

  /** Signs a head of the current chain, as the worker does. */
  async function head(): Promise<SignedHead> {
    const { tenantId, sequence, hash, at } = (await lines()).at(-1) as AuditRecord;
    return signer.sign({ tenantId, sequence, hash, at });
  }

  async function findings(heads: SignedHead[] = []): Promise<[string, number][]> {
    const { body } = await exported();
    const keys = { keys: [await signer.publicJwk()] };
    const result = await verifyTrail({ trail: body as Buffer, heads, keys });
    return result.findings.map(({ problem, sequence }) => [problem, sequence]);
  }

  test('is JSON Lines, complete for verification, followed by its newest signed head', async () => {
    const { tenantId, operationId } = ordered;
    const signed = await head();
    const { kid: keyId } = await signer.publicJwk();
    await recordHead(api.registry.pool, { head: signed, keyId, region: 'eu-central', generation: 0 });
    const response = await exported();
    expect(response.headers).toMatchObject({ 'content-type': expect.stringMatching(/^application\/jsonl/) as string });
    const all = await lines();
    const records = all.slice(0, -1).map((line) => auditRecordSchema.parse(line));
    expect(records.map(({ sequence, action, operationId: of }) => [sequence, action, of])).toEqual([
      [1, 'order.accepted', operationId],
      [2, 'operation.validating', operationId],
      [3, 'operation.provisioning', operationId],
      [4, 'operation.active', operationId],
      [5, 'credentials.claimed', undefined],
    ]);
    expect(all.at(-1)).toEqual(signed);
    const keys = auditKeysSchema.parse((await request(api.app).get('/v1/audit/keys')).body);
    expect(await verifyTrail({ trail: response.body as Buffer, heads: [], keys })).toMatchObject({
      verdict: 'holds',
      tenantId,
      entries: 5,
      heads: [{ sequence: 5, signature: 'valid' }],
    });
  });

  test('is paged, and the pages make up the whole trail', async () => {
    const whole = await lines();
    const pages: object[] = [];
    for (let query: string | undefined = '?limit=2'; query !== undefined;) {
      pages.push(...(await lines(query)));
      const { headers } = await exported(query);
      query = /^<[^?]+(\?[^>]+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
    }
    expect(pages).toEqual(whole);
    expect(await lines('?limit=1&after=2')).toMatchObject([{ sequence: 3 }]);
  });

  test('can be limited to the entries of one operation', async () => {
    const found = (await lines(`?operationId=${ordered.operationId}`)) as AuditRecord[];
    expect(found.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    expect((await exported('?operationId=op_aaaaaaaaaaaaaaaaaaaa')).body).toEqual(Buffer.alloc(0));
  });

  test.each(['?limit=0', '?limit=10001', '?after=-1', '?after=x', '?operationId=1', '?cursor=x'])(
    'refuses %s, naming the parameter',
    async (query) => {
      const problem = expectProblem(
        await reader.get(`/v1/tenants/${ordered.tenantId}/audit${query}`),
        'invalid-parameter',
      );
      expect(problem.errors?.[0]?.pointer).toBe(`/${query.slice(1).split('=')[0]}`);
    },
  );

  test('stays readable by its orderer, but not by other callers who may only order', async () => {
    const own = await exported('', await api.as(['tenants:order']));
    expect(own.status).toBe(200);
    const other = await api.as(await api.token(['tenants:order'], 'somebody-else'));
    expectProblem(await other.get(`/v1/tenants/${ordered.tenantId}/audit`), 'not-found');
  });

  describe('reveals tampering by a database superuser', () => {
    const where = `tenant_id = $1 and sequence = `;
    const change = (sql: string): Promise<void> => tamper(api.registry, sql, [ordered.tenantId]);

    test('an untouched trail has no findings', async () => {
      expect(await findings([await head()])).toEqual([]);
    });

    test.each([
      ['actor', `actor = 'token:mallory'`],
      ['action', `action = 'operation.failed'`],
      ['detail', `detail = detail || '{"of": "something else"}'`],
      ['time', `at = at + interval '1 millisecond'`],
      ['operation', `operation_id = null`],
    ])('an edited %s is found', async (_, set) => {
      await change(`update audit_entry set ${set} where ${where} 3`);
      expect(await findings()).toEqual([['edited', 3]]);
    });

    test('a removed entry is found', async () => {
      await change(`delete from audit_entry where ${where} 3`);
      expect(await findings()).toEqual([['removed', 3]]);
    });

    test('a removed entry is found even if later entries were renumbered', async () => {
      await change(`delete from audit_entry where ${where} 3`);
      for (const n of [4, 5]) await change(`update audit_entry set sequence = sequence - 1 where ${where} ${n}`);
      expect(await findings()).toContainEqual(['rebuilt', 3]);
    });

    test('two swapped entries are found', async () => {
      await change(`update audit_entry set sequence = 99 where ${where} 2`);
      await change(`update audit_entry set sequence = 2 where ${where} 3`);
      await change(`update audit_entry set sequence = 3 where ${where} 99`);
      expect((await findings()).map(([, sequence]) => sequence)).toEqual(expect.arrayContaining([2, 3]));
    });

    test('a head reveals an end that was cut off', async () => {
      const before = await head();
      await change(`delete from audit_entry where tenant_id = $1 and sequence >= 4`);
      expect(await findings()).toEqual([]);
      expect(await findings([before])).toEqual([['truncated', 5]]);
    });

    test('a head reveals a chain that was consistently rebuilt', async () => {
      const before = await head();
      await rebuild(api.registry, (await lines()) as AuditRecord[], 2);
      expect(await findings()).toEqual([]);
      expect(await findings([before])).toEqual([['rebuilt', 5]]);
    });
  });

  test('the control plane’s trail records who was given API tokens', async () => {
    await api.token(['tenants:read'], 'newcomer');
    const operator = await api.as(['operations:operate']);
    const { text, body } = await operator
      .get('/v1/audit')
      .buffer(true)
      .parse((response, done) => {
        let all = '';
        response.on('data', (chunk: Buffer) => (all += chunk.toString()));
        response.on('end', () => done(null, all));
      });
    const records = ((body as string) || text)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditRecord);
    expect(records.map(({ detail }) => detail['name'])).toContain('newcomer');
    expect(records.map((record) => auditLine(record)).join('\n')).not.toMatch(/tp_/);
  });
});
