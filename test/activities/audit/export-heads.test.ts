import { createAuditExport } from '../../../activities/audit/export-heads';
import { createStorage } from '../../../providers/storage/storage';
import type { Mail } from '../../../providers/mail/mailer';
import type { Vault } from '../../../providers/storage/vault/vault';
import type { MailDependencies } from '../../../activities/dependencies';
import { deliverDue } from '../../../activities/notices/mail/mail-delivery';
import { verifyTrail } from '../../../cli/verify-audit/verify';
import type { AuditRecord } from '../../../contract/audit/chain';
import { headKey, type SignedHead } from '../../../contract/audit/head';
import { newTenantId } from '../../../contract/ids';
import { appendAudit, readTrail } from '../../../registry/audit/trail';
import { acceptFinding, type AcceptingOutcome } from '../../../registry/audit/acceptances';
import { listDiscrepancies, type NotedDiscrepancy } from '../../../registry/audit/findings';
import { findHead, listMovedChains, registerAuditKey } from '../../../registry/audit/heads';
import { transaction } from '../../../registry/database';
import { linesOf, rebuild, tamper, testSigner } from '../../helpers/audit/audit-chain';
import { mailDependencies } from '../../helpers/events/mailing';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { versityRegions } from '../../helpers/providers/storage/storage-regions';
import { stackEndpoints } from '../../stack';

const ready = hasPostgres() && stackEndpoints('s3').s3 !== undefined;
const suite = ready ? describe : describe.skip;
if (!ready) test.todo('exporting audit heads: not run, this machine has no PostgreSQL or no S3 server');

suite('the export of audit heads', () => {
  const signal = (): AbortSignal => AbortSignal.timeout(30_000);
  const signer = testSigner();
  const mails: Mail[] = [];
  let mailing: MailDependencies;
  let mailIsDown = false;
  let registry: TestRegistry;
  let storage: ReturnType<typeof createStorage>;
  let vault: Vault;
  let region: string;
  let tenantId: string;
  let activities: ReturnType<typeof createAuditExport>;

  beforeAll(async () => {
    registry = await createTestRegistry();
    const regions = versityRegions(stackEndpoints('s3'));
    storage = createStorage(regions);
    region = regions[0]!.name;
    vault = storage.forRegion(region).vault;
    await vault.prepare(signal());
    const send = async (mail: Mail): Promise<void> => {
      if (mailIsDown) throw new Error('The mail server is away.');
      mails.push(mail);
      await Promise.resolve();
    };
    const settings = { operatorMail: ['a@example.com', 'b@example.com'], publicUrl: 'http://provisioner.example' };
    mailing = mailDependencies(registry, { send }, settings);
    activities = createAuditExport({ ...mailing, regions, storage, auditSigner: signer });
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

  async function inVault(sequence: number, generation = 0): Promise<SignedHead | undefined> {
    const bytes = await vault.get(headKey(tenantId, { generation, sequence }), { signal: signal() });
    return bytes && (JSON.parse(bytes.toString()) as SignedHead);
  }

  test('signs the head of each trail that has moved, and of no other, and stores it in the region’s vault', async () => {
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

  test('repeats an export that was not recorded, with the same bytes', async () => {
    await run();
    const head = await inVault(3);
    await tamper(registry, 'delete from audit_head where tenant_id = $1', [tenantId]);
    expect(await run()).toEqual({ exported: 1, discrepancies: 0 });
    expect(await inVault(3)).toEqual(head);
  });

  test('exports the trail of a tenant without a region through the first region only', async () => {
    const chains = await listMovedChains(registry.pool, { region: 'elsewhere', home: region, tenantId });
    expect(chains).toEqual([]);
    expect(await listMovedChains(registry.pool, { region, home: region, tenantId })).toEqual([
      { tenantId, sequence: 3 },
    ]);
  });

  async function open(): Promise<NotedDiscrepancy[]> {
    return (await listDiscrepancies(registry.pool)).filter((each) => each.tenantId === tenantId);
  }

  async function expectFound(problem: RegExp): Promise<void> {
    expect(await run()).toEqual({ exported: 0, discrepancies: 1 });
    const found = await open();
    expect(found).toMatchObject([{ region, problem: expect.stringMatching(problem) as string }]);
    expect(mails.map(({ to, subject }) => [to, subject]).sort()).toEqual(
      ['a@example.com', 'b@example.com'].map((to) => [to, `[audit] the trail of ${tenantId} does not hold`]),
    );
    // Only once: the export runs every quarter of an hour, and must not send a mail each time.
    expect(await run()).toEqual({ exported: 0, discrepancies: 1 });
    expect(mails).toHaveLength(2);
  }

  describe('signs no head for a trail that contradicts its newest head, and tells the operators once:', () => {
    beforeEach(run);

    test('a trail that was rebuilt and has grown', async () => {
      await rebuild(registry, await trail(), 2);
      await append(2);
      await expectFound(/Entry 3 is not the one the head was signed for/);
      expect(await inVault(5)).toBeUndefined();
    });

    test('a trail that was rebuilt, with the registry’s own record of the head deleted', async () => {
      await rebuild(registry, await trail(), 1);
      await tamper(registry, 'delete from audit_head where tenant_id = $1', [tenantId]);
      await expectFound(/Entry 3 is not the one/);
    });

    test('a trail whose end was cut off', async () => {
      await tamper(registry, 'delete from audit_entry where tenant_id = $1 and sequence > 1', [tenantId]);
      await expectFound(/ends with entry 1; when the head was signed there was entry 3/);
    });

    test('a trail that was deleted', async () => {
      await tamper(registry, 'delete from audit_entry where tenant_id = $1', [tenantId]);
      await expectFound(/ends with entry 0/);
    });

    test('a trail with an edited entry, found once the trail grows', async () => {
      await tamper(registry, `update audit_entry set actor = 'x' where tenant_id = $1 and sequence = 2`, [tenantId]);
      await append(1);
      await expectFound(/Entry 2 was edited/);
    });

    test('a trail whose newest head in the vault has a foreign signature', async () => {
      const [, , last] = await trail();
      const forged = await testSigner().sign({ tenantId, sequence: 3, hash: last!.hash, at: last!.at });
      await vault.put(headKey(tenantId, { generation: 0, sequence: 3 }), Buffer.from(JSON.stringify(forged)), {
        signal: signal(),
      });
      await append(1);
      await expectFound(/was not signed by this product/);
    });
  });

  describe('continues from the trail as it is, once an operator has accepted the discrepancy:', () => {
    const NAMED = 'token:operator';
    const REASON = 'The registry was restored, ticket 4711.';

    async function accept(): Promise<AcceptingOutcome> {
      const [newest] = await open();
      return acceptFinding(registry.pool, { findingId: newest!.findingId, actor: NAMED, reason: REASON });
    }

    /** Restores the trail to its first entries, together with the registry's record of heads at that time. */
    async function restore(entries: number): Promise<void> {
      await tamper(registry, 'delete from audit_entry where tenant_id = $1 and sequence > $2', [tenantId, entries]);
      for (const table of ['audit_head', 'audit_later_head'])
        await tamper(registry, `delete from ${table} where tenant_id = $1 and sequence > $2`, [
          tenantId,
          entries,
        ]).catch(() => {});
    }

    const keysInVault = async (): Promise<string[]> => {
      const keys = [];
      for await (const { key } of vault.list(`audit/${tenantId}/`, { signal: signal() }))
        keys.push(key.slice(`audit/${tenantId}/`.length));
      return keys;
    };

    async function verify(heads: SignedHead[]) {
      return verifyTrail({ trail: linesOf(await trail()), heads, keys: { keys: [await signer.publicJwk()] } });
    }

    /** Finds the broken trail, accepts it and exports again; returns the sequence of the new head. */
    async function acceptAndExport(): Promise<number> {
      expect(await run()).toEqual({ exported: 0, discrepancies: 1 });
      expect(await accept()).toMatchObject({ outcome: 'accepted' });
      expect(await open()).toEqual([]);
      expect(await run()).toEqual({ exported: 1, discrepancies: 0 });
      expect(await run()).toEqual({ exported: 0, discrepancies: 0 });
      mails.length = 0;
      return (await trail()).at(-1)!.sequence;
    }

    beforeEach(async () => {
      await run();
      await append(2);
      await run();
    });

    test('a restored trail, although a superseded head has the sequence of the new one', async () => {
      const old = { 3: await inVault(3), 5: await inVault(5) };
      await restore(1);
      await append(1);
      expect(await acceptAndExport()).toBe(3);
      // Superseded heads stay unchanged, and the new head is stored in a generation after them.
      expect(await keysInVault()).toEqual(['3.json', '5.json', 'accepted-0001/3.json']);
      expect([await inVault(3), await inVault(5)]).toEqual([old[3], old[5]]);
      const head = (await inVault(3, 1))!;
      expect(await findHead(registry.pool, tenantId)).toEqual(head);
      expect(await verify([head])).toMatchObject({ verdict: 'holds' });
      await append(4);
      expect(await run()).toEqual({ exported: 1, discrepancies: 0 });
      expect(await inVault(7, 1)).toBeDefined();
      expect(await inVault(5)).toEqual(old[5]);
    });

    test('which the operators learn before a head is signed', async () => {
      await restore(1);
      await append(1);
      await run();
      await accept();
      mails.length = 0;
      mailIsDown = true;
      await expect(run()).rejects.toThrow();
      expect(await keysInVault()).toEqual(['3.json', '5.json']);
      mailIsDown = false;
      expect(await run()).toEqual({ exported: 1, discrepancies: 0 });
      expect(mails.map(({ subject }) => subject)).toEqual(
        Array.from({ length: 2 }, () => `[audit] the trail of ${tenantId} was accepted as it is`),
      );
      expect(mails[0]!.text).toContain(REASON);
    });

    test('and a reader with a superseded head still sees the break and who accepted it', async () => {
      const old = (await inVault(5))!;
      await restore(1);
      await append(1);
      await acceptAndExport();
      const result = await verify([old]);
      expect(result).toMatchObject({ verdict: 'does not hold', findings: [{ problem: 'truncated', sequence: 5 }] });
      expect(result.notes.join()).toMatch(
        new RegExp(`Entry 3 says that ${NAMED} accepted the trail .+${REASON}.+given here`),
      );
    });

    test('a trail with an edited entry, which stays edited', async () => {
      await tamper(registry, `update audit_entry set actor = 'x' where tenant_id = $1 and sequence = 2`, [tenantId]);
      await append(1);
      await acceptAndExport();
      expect(await verify([])).toMatchObject({
        verdict: 'does not hold',
        findings: [{ problem: 'edited', sequence: 2 }],
      });
      await append(1);
      expect(await run()).toEqual({ exported: 1, discrepancies: 0 });
    });

    test('a trail that was deleted', async () => {
      await tamper(registry, 'delete from audit_entry where tenant_id = $1', [tenantId]);
      expect(await acceptAndExport()).toBe(1);
      expect(await verify([(await inVault(1, 1))!])).toMatchObject({ verdict: 'holds' });
    });

    test('a trail whose newest head has a foreign signature; the foreign head stays in place', async () => {
      const forged = await testSigner().sign({
        tenantId,
        sequence: 5,
        hash: 'ab'.repeat(32),
        at: new Date().toISOString(),
      });
      await vault.put(headKey(tenantId, { generation: 0, sequence: 5 }), Buffer.from(JSON.stringify(forged)), {
        signal: signal(),
      });
      await append(1);
      expect(await acceptAndExport()).toBe(7);
      expect(await inVault(5)).toEqual(forged);
      expect(await inVault(7, 1)).toBeDefined();
    });

    test('a trail that was restored to a point before its acceptance, in a generation of its own', async () => {
      await restore(1);
      await append(1);
      await acceptAndExport();
      await restore(1);
      await append(1);
      await acceptAndExport();
      expect(await keysInVault()).toEqual(['3.json', '5.json', 'accepted-0001/3.json', 'accepted-0002/3.json']);
    });

    test('repeating an export that was not recorded, without signing anything new', async () => {
      await restore(1);
      await append(1);
      await acceptAndExport();
      const head = await inVault(3, 1);
      await tamper(registry, 'delete from audit_later_head where tenant_id = $1', [tenantId]);
      expect(await run()).toEqual({ exported: 1, discrepancies: 0 });
      expect(await keysInVault()).toEqual(['3.json', '5.json', 'accepted-0001/3.json']);
      expect(await findHead(registry.pool, tenantId)).toEqual(head);
    });

    describe('and finds later tampering again:', () => {
      beforeEach(async () => {
        await tamper(registry, `update audit_entry set actor = 'x' where tenant_id = $1 and sequence = 2`, [tenantId]);
        await append(1);
        await acceptAndExport();
      });

      test('another edit of the entry whose edit was accepted', async () => {
        await tamper(registry, `update audit_entry set actor = 'y' where tenant_id = $1 and sequence = 2`, [tenantId]);
        await append(1);
        await expectFound(/The entries up to 6 differ from those accepted in entry 7/);
      });

      test('an edit of a later entry', async () => {
        await append(2);
        await tamper(registry, `update audit_entry set actor = 'y' where tenant_id = $1 and sequence = 8`, [tenantId]);
        await expectFound(/Entry 8 was edited/);
      });

      test('an end that was cut off, including the acceptance', async () => {
        await tamper(registry, 'delete from audit_entry where tenant_id = $1 and sequence > 6', [tenantId]);
        await expectFound(/Entry 2 was edited/);
      });

      test('which has to be accepted separately', async () => {
        await tamper(registry, `update audit_entry set actor = 'y' where tenant_id = $1 and sequence = 2`, [tenantId]);
        await append(1);
        await acceptAndExport();
        expect(await keysInVault()).toEqual(['3.json', '5.json', 'accepted-0001/7.json', 'accepted-0002/9.json']);
      });
    });

    test('but not a trail that changed between the report and its acceptance', async () => {
      await restore(1);
      await append(1);
      await run();
      await tamper(registry, `update audit_entry set actor = 'x' where tenant_id = $1 and sequence = 1`, [tenantId]);
      expect(await accept()).toEqual({ outcome: 'changed' });
      expect(await run()).toEqual({ exported: 0, discrepancies: 1 });
      expect(await open()).toHaveLength(2);
      expect(await accept()).toMatchObject({ outcome: 'accepted' });
      expect(await open()).toEqual([]);
      expect(await run()).toEqual({ exported: 1, discrepancies: 0 });
    });
  });

  test('reports a break only once, even while the trail grows', async () => {
    await run();
    await tamper(registry, 'delete from audit_entry where tenant_id = $1 and sequence > 1', [tenantId]);
    for (let n = 0; n < 3; n += 1) {
      expect(await run()).toEqual({ exported: 0, discrepancies: 1 });
      await append(1);
    }
    expect(await open()).toHaveLength(1);
    expect(mails).toHaveLength(2);
  });

  test('tells the operators later if they could not be told at once', async () => {
    await tamper(registry, `update audit_entry set actor = 'x' where tenant_id = $1 and sequence = 2`, [tenantId]);
    mailIsDown = true;
    await run();
    expect(mails).toEqual([]);
    mailIsDown = false;
    await registry.pool.query(`update mail set next_try_at = now()`);
    await deliverDue(mailing);
    await expectFound(/Entry 2 was edited/);
  });
});
