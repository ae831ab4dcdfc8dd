import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { underscoreName } from '../../../contract/ids';
import type { Backup } from '../../../contract/schemas/tenants/backup-schema';
import { createApiToken } from '../../../registry/credentials/api-tokens';
import { readSecret } from '../../../registry/keys/secrets';
import { missingTools, runBlock, shellBlocks, type Printed } from '../../helpers/documents/document-shell';
import { plan, startTestProduct, type Ordered, type TestProduct } from '../../helpers/product';

const REGION = 'eu-central';
const TOOLS = ['aws', 'curl', 'jq', 'openssl', 'psql', 'sha256sum', 'xxd'];
const missing = missingTools(TOOLS);

/**
 * An audit exactly as the documents describe it: the test runs the documents' own commands. The auditor has a token that may read, the
 * region's vault, a database server of their own, and one backup's key.
 */
const suite = missing.length === 0 ? describe : describe.skip;
if (missing.length > 0)
  test.todo(`the audit of a tenant by the documents: not run, this machine lacks ${missing.join(', ')}`);

suite('an auditor who follows the documents', () => {
  let product: TestProduct;
  let tenant: Ordered;
  let backup: Backup;
  let folder: string;
  let env: Record<string, string>;
  const scratch = `audit_scratch_${process.pid}`;

  const follow = async (file: string, heading: string, having?: string): Promise<Printed> => {
    const printed: Printed = [];
    for (const block of shellBlocks(`docs/${file}`, heading, having))
      printed.push(...(await runBlock(block, folder, env)));
    return printed;
  };
  const file = (name: string): string => readFileSync(join(folder, name), 'utf8');

  beforeAll(async () => {
    product = await startTestProduct();
    folder = mkdtempSync(join(tmpdir(), 'auditor-'));
    tenant = await product.order({ ...plan('professional'), region: REGION });
    expect((await product.untilEnded(tenant.operationId)).status).toBe('active');
    await asSuperuser(`create database ${scratch}`);
    const { token } = await createApiToken(product.registry, {
      name: 'auditor',
      roles: ['tenants:read'],
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    const { endpoint, accessKeyId, secretAccessKey, region } = product.endpoints.s3![REGION]!;
    const scratchUrl = new URL(product.endpoints.postgres!.regions[REGION]!.superuserUrl);
    scratchUrl.pathname = `/${scratch}`;
    env = {
      API: product.url,
      AUDITOR: token,
      TENANT: tenant.tenantId,
      STORE: endpoint,
      VAULT: `tenant-vault-${REGION}`,
      CELL: product.endpoints.postgres!.regions[REGION]!.url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: region,
      SCRATCH: scratchUrl.href,
    };
  }, 180_000);
  afterAll(async () => {
    await asSuperuser(`drop database if exists ${scratch} with (force)`);
    await product?.stop();
    if (folder) rmSync(folder, { recursive: true });
  });

  async function asSuperuser(sql: string): Promise<void> {
    const client = new Client({ connectionString: product.endpoints.postgres!.regions[REGION]!.superuserUrl });
    await client.connect();
    await client.query(sql);
    await client.end();
  }

  async function backups(): Promise<Backup[]> {
    const { status, body } = await product.call('operator', 'GET', `/v1/tenants/${tenant.tenantId}/backups`);
    expect(status).toBe(200);
    return body.items as Backup[];
  }

  /** jest's own time-out ends the waiting. */
  async function untilBackup(backupId: string | undefined, condition: (backup: Backup) => boolean): Promise<Backup> {
    for (;;) {
      const found = (await backups()).find((each) => backupId === undefined || each.backupId === backupId);
      if (found && condition(found)) return found;
      if (found?.state === 'failed') throw new Error(`The backup failed: ${found.problem}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  test('finds a first backup that was made automatically', async () => {
    const first = await untilBackup(undefined, ({ state }) => state === 'good');
    expect(first).toMatchObject({ reason: 'provisioned', region: REGION, isolation: 'schema' });
  });

  test('finds a later backup with the application’s rows, which the operator has had restored', async () => {
    const password = await readSecret(product.registry, product.keys, {
      tenantId: tenant.tenantId,
      kind: 'postgres-login',
      name: 'password',
    });
    const login = new URL(env['CELL']!);
    const schema = underscoreName(tenant.tenantId);
    Object.assign(login, { pathname: '/app_schemas', username: `${schema}_app`, password });
    const application = new Client({ connectionString: login.href });
    await application.connect();
    await application.query(`insert into ${schema}.item (project_id, title)
      select id, E'tab\\tline\\nbackslash \\\\. ' || n from ${schema}.project, generate_series(1, 50) as n`);
    await application.end();
    const asked = await product.call('operator', 'POST', `/v1/tenants/${tenant.tenantId}/backups`);
    expect(asked.status).toBe(202);
    const { backupId } = asked.body as { backupId: string };
    await untilBackup(backupId, ({ state }) => state === 'good');
    const path = `/v1/tenants/${tenant.tenantId}/backups/${backupId}:verify`;
    expect((await product.call('operator', 'POST', path)).status).toBe(202);
    backup = await untilBackup(backupId, ({ restoreTest }) => restoreTest?.state === 'good');
    expect(backup.tables!.find(({ name }) => name === 'item')!.rows).toBe(50);
    env['BACKUP'] = backupId;
  });

  test('verifies that the trail is complete and matches a signed head from the vault', async () => {
    const printed = await follow('audit.md', 'Checking', 'verify-audit');
    expect(printed[0]).toMatch(/^HOLDS: \d+ entries of /);
    expect(printed.join('\n')).toMatch(/head: entry \d+ \(head file\), signature valid/);
    expect(printed.join('\n')).not.toMatch(/FOUND/);
  });

  test('computes an entry’s hash and a head’s signature without the verifier', async () => {
    const [hash] = await follow('audit.md', 'By hand', 'previousHash');
    expect(hash!.split(' ')[0]).toBe((JSON.parse(file('trail.jsonl').split('\n')[3]!) as { hash: string }).hash);
    const printed = await follow('audit.md', 'By hand', 'pkeyutl');
    expect(printed.at(-1)).toBe('Signature Verified Successfully');
    expect(printed[0]).toContain(`"tenantId":"${tenant.tenantId}"`);
  });

  test('detects a trail that was tampered with', async () => {
    const trail = file('trail.jsonl');
    const forger = trail.replace('"actor":"workflow"', '"actor":"nobody1"');
    expect(forger).not.toBe(trail);
    writeFileSync(join(folder, 'trail.jsonl'), forger);
    const checking = shellBlocks('docs/audit.md', 'Checking', 'verify-audit')[0]!.replace(/^curl.*trail\.jsonl$/m, '');
    await expect(runBlock(checking, folder, env)).rejects.toThrow(/FOUND edited: /);
    writeFileSync(join(folder, 'trail.jsonl'), trail);
  });

  test('recomputes every hash of the evidence, its digest, and the digest that the trail recorded at activation', async () => {
    await follow('compliance.md', 'The evidence of a tenant', 'evidence.html');
    expect(file('evidence.html')).toContain(tenant.tenantId);
    const [digest, said, ...more] = await follow('compliance.md', 'The evidence of a tenant', 'diff');
    expect(digest!.split(' ')[0]).toBe(said);
    expect(more).toEqual([]);
    const [activated, trail] = await follow('compliance.md', 'The evidence of a tenant', 'activated');
    expect(activated!.split(' ')[0]).toBe(trail);
  });

  test('asks the providers directly and gets the answers that the evidence reports', async () => {
    const printed = await follow('compliance.md', 'The evidence of a tenant', 'pg_control_system');
    const [server, serverSaid, region, regionSaid, status, statusSaid] = printed;
    expect(serverSaid).toContain(` on server ${server} at `);
    expect(region).toBe(regionSaid);
    expect(status).toBe('403');
    expect(statusSaid).toContain('(403)');
  });

  test('opens the backup that the trail names and finds the rows that the API reports', async () => {
    env = { ...env, REGISTRY_URL: product.env['REGISTRY_URL']!, KEY_RING: product.env['KEY_RING']! };
    const printed = await follow('backups.md', 'To check it without this program');
    const [vault, trail, ...tables] = printed;
    expect(vault!.split(' ')[0]).toBe(trail);
    expect(trail).toBe(backup.sha256);
    expect(tables.pop()).toBe('50');
    expect(tables).toEqual(backup.tables!.map(({ name, rows }) => `${name}: ${rows} rows, same`));
    const { body } = await product.call({ token: env['AUDITOR']! }, 'GET', `/v1/tenants/${tenant.tenantId}/audit`);
    expect(body).toMatch(
      /"action":"backup\.key-disclosed","actor":"command-line","at":"[^"]+","detail":\{"backupId":"[^"]+","reason":"Audit of 2026/,
    );
  });

  test('cannot get the backup’s key once the tenant’s key is destroyed', async () => {
    const { token } = await createApiToken(product.registry, {
      name: 'destroyer',
      roles: ['keys:destroy'],
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    const destroyed = await product.call({ token }, 'POST', `/v1/tenants/${tenant.tenantId}/keys:destroy`, {
      confirm: tenant.order.tenantName,
      reason: 'End of the audit.',
      whileActive: true,
    });
    expect(destroyed.status).toBe(200);
    const [disclose] = shellBlocks('docs/backups.md', 'To check it without this program', 'keys.js disclose');
    await expect(runBlock(disclose!, folder, env)).rejects.toThrow(/destroyed/);
    expect(file('backup.key')).toBe('');
  });
});
