import { createAuditExport } from '../../activities/audit-export';
import { createStorage } from '../../activities/adapters/storage/storage';
import type { Mail } from '../../activities/adapters/mail/mailer';
import type { Vault } from '../../activities/adapters/storage/vault';
import type { Dependencies } from '../../activities/dependencies';
import { verifyTrail } from '../../cli/verify-audit/verify';
import type { AuditRecord } from '../../contract/audit';
import { headKey, type SignedHead } from '../../contract/audit-head';
import { newTenantId } from '../../contract/ids';
import { appendAudit, readTrail } from '../../registry/audit';
import { findHead, listDiscrepancies, listMovedChains, registerAuditKey } from '../../registry/audit-heads';
import { transaction } from '../../registry/database';
import { linesOf, rebuild, tamper, testSigner } from '../helpers/audit-chain';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../helpers/registry';
import { versityRegions } from '../helpers/storage-regions';
import { stackEndpoints } from '../stack';

const ready = hasPostgres() && stackEndpoints().s3 !== undefined;
const suite = ready ? describe : describe.skip;
if (!ready) test.todo('exporting audit heads: not run, this machine has no PostgreSQL or no S3 server');

suite('exporting heads of audit trails', () => {
  const signal = (): AbortSignal => AbortSignal.timeout(30_000);
  const signer = testSigner();
  const mails: Mail[] = [];
  let mailIsDown = false;
  let registry: TestRegistry;
  let storage: ReturnType<typeof createStorage>;
  let vault: Vault;
  let region: string;
  let tenantId: string;
  let activities: ReturnType<typeof createAuditExport>;

  beforeAll(async () => {
    registry = await createTestRegistry();
    const regions = versityRegions(stackEndpoints());
    storage = createStorage(regions);
    region = regions[0]!.name;
    vault = storage.forRegion(region).vault;
    await vault.prepare(signal());
    const mailer: Pick<Dependencies['mailer'], 'send' | 'classify'> = {
      send: async (mail) => {
        if (mailIsDown) throw new Error('The mail server is away.');
        mails.push(mail);
        await Promise.resolve();
      },
      classify: () => undefined,
    };
    activities = createAuditExport({
      ...{ pool: registry.pool, regions, storage, auditSigner: signer, signal, mailer },
      settings: { operatorMail: ['a@example.com', 'b@example.com'], publicUrl: 'http://provisioner.example' },
    } as unknown as Dependencies);
    const key = await signer.publicJwk();
    await registerAuditKey(registry.pool, key.kid, key);
  });
  afterAll(async () => {
    storage?.close();
    await registry?.drop();
  });

  beforeEach(async () => {
    tenantId = newTenantId();
    mails.length = 0;
    mailIsDown = false;
    await append(3);
  });
  afterEach(async () => {
    for await (const { key } of vault.list(`audit/${tenantId}/`, { signal: signal() }))
      await vault.remove(key, { signal: signal() });
  });

  async function append(count: number): Promise<void> {
    for (let n = 0; n < count; n += 1)
      await transaction(registry.pool, (client) =>
        appendAudit(client, { tenantId, actor: 'test', action: 'test.done', detail: { n } }),
      );
  }

  async function trail(): Promise<AuditRecord[]> {
    const records = [];
    for await (const record of readTrail(registry.pool, { tenantId })) records.push(record);
    return records;
  }

  const run = () => activities.exportAuditHeads({ region, tenantId });

  async function inVault(sequence: number): Promise<SignedHead | undefined> {
    const bytes = await vault.get(headKey({ tenantId, sequence }), { signal: signal() });
    return bytes && (JSON.parse(bytes.toString()) as SignedHead);
  }

  test('puts the signed head of what has moved into the region’s vault, and of nothing else', async () => {
    expect(await run()).toEqual({ exported: 1, discrepancies: 0 });
    const head = (await inVault(3))!;
    const keys = { keys: [await signer.publicJwk()] };
    const verification = { trail: linesOf(await trail()), heads: [head], keys };
    expect(await verifyTrail(verification)).toMatchObject({ verdict: 'holds', heads: [{ signature: 'valid' }] });
    expect(await findHead(registry.pool, tenantId)).toEqual(head);
    expect(await run()).toEqual({ exported: 0, discrepancies: 0 });
    await append(2);
    expect(await run()).toEqual({ exported: 1, discrepancies: 0 });
    expect(await inVault(5)).toBeDefined();
    expect(await inVault(3)).toEqual(head);
  });

  test('whose last export was not noted is done again with the same bytes', async () => {
    await run();
    const head = await inVault(3);
    await tamper(registry, 'delete from audit_head where tenant_id = $1', [tenantId]);
    expect(await run()).toEqual({ exported: 1, discrepancies: 0 });
    expect(await inVault(3)).toEqual(head);
  });

  test('of a tenant that was never placed go to the first region, and only there', async () => {
    const chains = await listMovedChains(registry.pool, { region: 'elsewhere', home: region, tenantId });
    expect(chains).toEqual([]);
    expect(await listMovedChains(registry.pool, { region, home: region, tenantId })).toEqual([
      { tenantId, sequence: 3 },
    ]);
  });

  async function expectFound(problem: RegExp): Promise<void> {
    expect(await run()).toEqual({ exported: 0, discrepancies: 1 });
    const found = (await listDiscrepancies(registry.pool)).filter((each) => each.tenantId === tenantId);
    expect(found).toMatchObject([{ region, problem: expect.stringMatching(problem) as string }]);
    expect(mails.map(({ to, subject }) => [to, subject])).toEqual(
      ['a@example.com', 'b@example.com'].map((to) => [to, `[audit] the trail of ${tenantId} does not hold`]),
    );
    // Once: an export every quarter of an hour would be a mail every quarter of an hour.
    expect(await run()).toEqual({ exported: 0, discrepancies: 1 });
    expect(mails).toHaveLength(2);
  }

  describe('signs none for a chain that is not what its newest head says, and tells the operators once:', () => {
    beforeEach(run);

    test('one that was made anew and has grown', async () => {
      await rebuild(registry, await trail(), 2);
      await append(2);
      await expectFound(/Entry 3 is not the one the head was signed for/);
      expect(await inVault(5)).toBeUndefined();
    });

    test('one that was made anew, with the registry’s own note of the head taken away', async () => {
      await rebuild(registry, await trail(), 1);
      await tamper(registry, 'delete from audit_head where tenant_id = $1', [tenantId]);
      await expectFound(/Entry 3 is not the one/);
    });

    test('one whose end was cut off', async () => {
      await tamper(registry, 'delete from audit_entry where tenant_id = $1 and sequence > 1', [tenantId]);
      await expectFound(/ends with entry 1; when the head was signed there was entry 3/);
    });

    test('one that is gone', async () => {
      await tamper(registry, 'delete from audit_entry where tenant_id = $1', [tenantId]);
      await expectFound(/ends with entry 0/);
    });

    test('one with an edited entry, found when it has grown', async () => {
      await tamper(registry, `update audit_entry set actor = 'x' where tenant_id = $1 and sequence = 2`, [tenantId]);
      await append(1);
      await expectFound(/Entry 2 was edited/);
    });

    test('one whose newest head in the vault somebody else has signed', async () => {
      const [, , last] = await trail();
      const forged = await testSigner().sign({ tenantId, sequence: 3, hash: last!.hash, at: last!.at });
      await vault.put(headKey({ tenantId, sequence: 3 }), Buffer.from(JSON.stringify(forged)), { signal: signal() });
      await append(1);
      await expectFound(/not one that this product has signed/);
    });
  });

  test('tells the operators later when they could not be told at once', async () => {
    await tamper(registry, `update audit_entry set actor = 'x' where tenant_id = $1 and sequence = 2`, [tenantId]);
    mailIsDown = true;
    await expect(run()).rejects.toThrow();
    mailIsDown = false;
    await expectFound(/Entry 2 was edited/);
  });
});
