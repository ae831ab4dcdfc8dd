import fc from 'fast-check';
import { auditHash, CONTROL_PLANE, GENESIS } from '../../../contract/audit/chain';
import { checkChain } from '../../../contract/audit/check-chain';
import { rulesOf } from '../../../contract/operations/kinds';
import { STATUSES, type OperationStatus } from '../../../contract/operations/states';
import { createApiToken, revokeApiToken } from '../../../registry/credentials/api-tokens';
import { recordDecision } from '../../../registry/operations/approvals';
import { appendAudit, findPage, readTrail } from '../../../registry/audit/trail';
import { transaction } from '../../../registry/database';
import { APPEND_ONLY } from '../../../registry/grants';
import { migrateRegistry } from '../../../registry/migrate';
import { recordOutcome } from '../../../registry/operations/transitions';
import { order, startApiHarness, type ApiHarness } from '../../helpers/api';
import { placeOrder, putInState, type Ordered } from '../../helpers/tenants/operations';
import { hasPostgres } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the audit trail: not run, this machine has no PostgreSQL');

suite('the audit trail', () => {
  let api: ApiHarness;
  let ordered: Ordered;

  beforeAll(async () => {
    api = await startApiHarness();
    ordered = await placeOrder(await api.as(['tenants:order']));
  });
  afterAll(() => api.stop());

  async function trail(tenantId: string) {
    const records = [];
    for await (const record of readTrail(api.registry.pool, { tenantId })) records.push(record);
    return records;
  }

  describe('is append-only: the product’s database login', () => {
    const refused = (sql: string): Promise<void> =>
      expect(api.registry.pool.query(sql)).rejects.toMatchObject({ code: '42501' });

    test.each(APPEND_ONLY)('cannot change, delete or empty %s, nor alter the table itself', async (table) => {
      const { rows } = await api.registry.pool.query<{ column: string }>(
        `select column_name as column from information_schema.columns where table_name = $1 and is_identity = 'NO' limit 1`,
        [table],
      );
      await refused(`update ${table} set ${rows[0]!.column} = ${rows[0]!.column}`);
      await refused(`delete from ${table}`);
      await refused(`truncate ${table}`);
      await refused(`alter table ${table} disable trigger append_only`);
      await refused(`drop trigger append_only on ${table}`);
      await refused(`alter table ${table} owner to current_user`);
      await refused(`create trigger mine before insert on ${table} execute function refuse_change()`);
      await refused(`drop table ${table}`);
    });

    test('cannot become a role that could', async () => {
      const { rows } = await api.registry.pool.query<{ owner: string }>(
        `select relowner::regrole::text as owner from pg_class where relname = 'audit_entry'`,
      );
      await refused(`set role ${rows[0]!.owner}`);
      // PostgreSQL answers this statement with a warning and does nothing.
      await api.registry.pool.query(`grant update on audit_entry to current_user`);
      await refused(`update audit_entry set actor = actor`);
      await refused(`set session_replication_role = replica`);
      await refused(`create table public.mine (text text)`);
      await refused(`drop function refuse_change() cascade`);
      await refused(`delete from schema_migration`);
    });

    test('has every other right that the product needs', async () => {
      const { rows } = await api.registry.pool.query<{ table: string; may: boolean }>(
        `select relname as table, has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert')
           and (relname = any($1) or has_table_privilege(oid, 'update') and has_table_privilege(oid, 'delete')) as may
         from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'schema_migration'`,
        [APPEND_ONLY],
      );
      expect(rows.length).toBeGreaterThan(15);
      expect(rows.filter(({ may }) => !may)).toEqual([]);
    });

    test('needs the owner to run a migration, but not when none is pending', async () => {
      const { url, ownerUrl, asOwner } = api.registry;
      expect(await migrateRegistry({ url }, () => {})).toEqual({ ran: [], appendOnly: true });
      expect(await migrateRegistry({ url: ownerUrl }, () => {})).toEqual({ ran: [], appendOnly: false });
      await asOwner(`delete from schema_migration where name = '0006_audit'`);
      await expect(migrateRegistry({ url }, () => {})).rejects.toThrow(/lacks 0006_audit.+REGISTRY_OWNER_URL/);
      await asOwner(`insert into schema_migration (name, run_on) values ('0006_audit', now())`);
    });
  });

  test('cannot be changed by mistake, even by the owner', async () => {
    await expect(api.registry.asOwner(`delete from audit_entry`)).rejects.toThrow(/append-only/);
  });

  describe('has an entry for each transition, written with it or not at all', () => {
    const edges = STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const));
    const legal = ([from, to]: readonly [OperationStatus, OperationStatus]) =>
      rulesOf('provision').states[from]?.to.includes(to) === true;

    test.each(edges.filter(legal))('%s to %s', async (from, to) => {
      const { operationId, tenantId } = ordered;
      await putInState(api, { operationId }, from);
      const before = (await trail(tenantId)).length;
      // Recorded twice, because a run that repeats its report must add no second entry.
      for (let n = 0; n < 2; n += 1)
        expect(await recordOutcome(api.registry.pool, { operationId, status: to })).toBe('committed');
      const added = (await trail(tenantId)).slice(before);
      expect(added).toMatchObject([{ operationId, actor: 'workflow', action: `operation.${to}`, detail: { from } }]);
    });

    test('no entry for an illegal transition', async () => {
      const { operationId, tenantId } = ordered;
      const before = (await trail(tenantId)).length;
      for (const [from, to] of edges.filter((edge) => edge[0] !== edge[1] && !legal(edge))) {
        await putInState(api, { operationId }, from);
        expect(await recordOutcome(api.registry.pool, { operationId, status: to })).toBe('refused');
      }
      expect((await trail(tenantId)).length).toBe(before);
    });

    test('and no transition where the entry cannot be written', async () => {
      const { operationId } = ordered;
      const { pool, asOwner, url } = api.registry;
      const login = new URL(url).username;
      await putInState(api, { operationId }, 'provisioning');
      await asOwner(`revoke insert on audit_entry from ${login}`);
      try {
        await expect(recordOutcome(pool, { operationId, status: 'active' })).rejects.toMatchObject({ code: '42501' });
      } finally {
        await asOwner(`grant insert on audit_entry to ${login}`);
      }
      const { rows } = await pool.query('select status from operation where operation_id = $1', [operationId]);
      expect(rows).toEqual([{ status: 'provisioning' }]);
    });
  });

  test('has an entry for each decision, including one signalled past the API, but none for a late one', async () => {
    const { operationId, tenantId } = await placeOrder(await api.as(['tenants:order']));
    await putInState(api, { operationId }, 'awaiting_approval');
    const decision = { operationId, decision: 'approve' as const, comment: '', verified: false };
    await recordDecision(api.registry.pool, api.registry.keys, {
      ...decision,
      decisionId: 'a',
      decidedBy: 'unverified: a signal',
    });
    await recordDecision(api.registry.pool, api.registry.keys, {
      ...decision,
      decisionId: 'b',
      decidedBy: 'token:late',
      verified: true,
    });
    expect((await trail(tenantId)).filter(({ action }) => action === 'approval.decided')).toMatchObject([
      { actor: 'unverified: a signal', operationId, detail: { decision: 'approve', verified: false } },
    ]);
  });

  test('of the control plane has an entry for each API token made and revoked, without the token', async () => {
    const { pool } = api.registry;
    const before = (await trail(CONTROL_PLANE)).length;
    const { token, tokenId } = await createApiToken(pool, {
      name: 'auditor',
      roles: ['tenants:read'],
      expiresAt: new Date(Date.now() + 60_000),
    });
    expect(await revokeApiToken(pool, tokenId)).toBe(true);
    expect(await revokeApiToken(pool, tokenId)).toBe(false);
    const added = (await trail(CONTROL_PLANE)).slice(before);
    expect(added).toMatchObject([
      {
        actor: 'command-line',
        action: 'api-token.created',
        detail: { tokenId, name: 'auditor', roles: ['tenants:read'] },
      },
      { actor: 'command-line', action: 'api-token.revoked', detail: { tokenId, name: 'auditor' } },
    ]);
    expect(JSON.stringify(added)).not.toContain(token);
  });

  test('is one chain without gaps, however many writers append at once', async () => {
    const tenantId = 'crowdcrowdcrowdc';
    const event = { tenantId, actor: 'test', action: 'test.done', detail: {} };
    await Promise.all(
      Array.from({ length: 15 }, () => transaction(api.registry.pool, (client) => appendAudit(client, event))),
    );
    const records = await trail(tenantId);
    expect(records.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 15 }, (_, n) => n + 1));
    expect(checkChain(records)).toEqual([]);
  });

  test('reads back as it was hashed, whatever JSON its details contain', async () => {
    const tenantId = 'anything00000000';
    // PostgreSQL text holds neither NUL nor lone surrogates; ids and enumerations never contain them.
    const text = fc.string({ unit: 'grapheme' }).map((each) => each.replaceAll('\0', ''));
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        ...[text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)],
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(text, tie('json'), { maxKeys: 3 }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(text, json, { maxKeys: 4 }), async (detail) => {
        const event = { tenantId, actor: 'test', action: 'test.done', detail };
        await transaction(api.registry.pool, (client) => appendAudit(client, event));
      }),
      { numRuns: 100 },
    );
    const records = await trail(tenantId);
    expect(records.length).toBeGreaterThan(50);
    expect(records[0]!.previousHash).toBe(GENESIS);
    expect(records.filter((record) => auditHash(record.previousHash, record) !== record.hash)).toEqual([]);
    expect(checkChain(records)).toEqual([]);
  });

  test('is paged by sequence, for the tenant and for a single operation', async () => {
    const { tenantId, operationId } = await placeOrder(await api.as(['tenants:order']), order());
    const { pool } = api.registry;
    const event = { tenantId, actor: 'test', action: 'test.done', detail: {} };
    await transaction(pool, async (client) => {
      await appendAudit(client, event);
      await appendAudit(client, { ...event, operationId });
    });
    expect(await findPage(pool, { tenantId, limit: 2 })).toEqual({ last: 2, more: true });
    expect(await findPage(pool, { tenantId, after: 2, limit: 2 })).toEqual({ last: 3, more: false });
    expect(await findPage(pool, { tenantId, operationId, limit: 2 })).toEqual({ last: 3, more: false });
    expect(await findPage(pool, { tenantId, after: 3, limit: 2 })).toEqual({ last: undefined, more: false });
  });
});
