import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { escapeIdentifier } from 'pg';
import { VERIFY_ACTIVITIES, checksOf } from '../../../activities/verification/check-catalogue';
import { SEARCH_ATTRIBUTES } from '../../../contract/temporal/search-attributes';
import type { TenantEvidence } from '../../../contract/schemas/tenants/evidence-schema';
import { readConfiguration } from '../../../registry/tenants/configuration';
import { loadOperation } from '../../../registry/operations/operations';
import { destroyTenantKey } from '../../../registry/keys/tenant-keys';
import { covers } from '../../../templates/baseline';
import { loadTemplates } from '../../../templates/load';
import { plan, startTestProduct, type Ordered, type TestProduct } from '../../helpers/product';

/** Personal data of the test's orders; these texts occur nowhere else in the registry. */
const PERSON = {
  firstName: 'Zephyrine',
  lastName: 'Quill-Xanthe',
  email: 'zephyrine@quill-xanthe.example',
  role: 'owner',
};
const NEW_PERSON = { firstName: 'Wilhelmus', email: 'wilhelmus@quill-xanthe.example' };
const PERSONAL = [
  ...[PERSON.firstName, PERSON.lastName, PERSON.email, NEW_PERSON.firstName, NEW_PERSON.email],
  ...['Xylophonics', 'mellifluous-setting'],
];

const IN_EU = { dataResidency: 'EU', retentionPeriod: 90, encryptionLevel: 'standard' as const };
const NAMED = {
  adminUser: PERSON,
  configuration: { branding: { displayName: 'Xylophonics' }, settings: { greeting: 'mellifluous-setting' } },
  compliance: IN_EU,
};
const HOLDS = { recovery: { onPermanentFailure: 'hold' as const } };

let product: TestProduct;
const tenants = {} as Record<'starter' | 'professional' | 'moved', Ordered>;

beforeAll(async () => {
  product = await startTestProduct();
  tenants.starter = await product.order({ ...plan('starter'), ...NAMED });
  tenants.professional = await product.order({ ...plan('professional'), ...NAMED });
  // The API checks an order against the registry's regions. This order must pass that check and fail in the worker.
  await inJurisdiction('JP', async () => {
    tenants.moved = await product.order({
      ...plan('professional'),
      ...NAMED,
      ...HOLDS,
      compliance: { ...IN_EU, dataResidency: 'JP' },
    });
  });
  for (const { operationId } of [tenants.starter, tenants.professional])
    expect((await product.untilEnded(operationId)).status).toBe('active');
}, 180_000);
afterAll(() => product?.stop());

/** Runs `work` while the registry has another jurisdiction for the first region than the worker. */
async function inJurisdiction(jurisdiction: string, work: () => Promise<void>): Promise<void> {
  const move = (to: string) =>
    product.registry.query(`update region set jurisdiction = $1 where region = 'eu-central'`, [to]);
  await move(jurisdiction);
  await work();
  await move('EU');
}

async function evidenceOf({ tenantId }: Ordered): Promise<TenantEvidence> {
  const { status, body } = await product.call('operator', 'GET', `/v1/tenants/${tenantId}/evidence`);
  expect(status).toBe(200);
  return body as TenantEvidence;
}

describe.each(['starter', 'professional'] as const)('the evidence of a %s tenant', (name) => {
  let evidence: TenantEvidence;
  beforeAll(async () => {
    evidence = await evidenceOf(tenants[name]);
  });
  const asked = (provider: (name: string) => boolean): string[] =>
    evidence.entries.filter((entry) => provider(entry.provider)).map(({ check }) => check);

  test('has exactly the checks of the catalogue, so a removed or added probe is noticed', () => {
    const template = loadTemplates('templates').get(name);
    const known = VERIFY_ACTIVITIES.flatMap((activity) => checksOf(template, activity));
    const checks = asked((provider) => provider !== 'baseline').filter((check) => check !== 'residency.reservation');
    expect(known.filter((check) => !checks.some((id) => covers(check, id)))).toEqual([]);
    expect(checks.filter((id) => !known.some((check) => covers(check, id)))).toEqual([]);
  });

  test('holds, except for the warnings of the baseline', () => {
    const broken = evidence.entries.filter(({ passed }) => !passed);
    expect(broken.map(({ check }) => check).sort()).toEqual([
      ...['baseline.transport-database@1', 'baseline.transport-storage@1', 'transport.database', 'transport.storage'],
    ]);
    for (const { check, answered } of broken)
      if (check.startsWith('baseline.')) expect(answered).toMatch(/^warn: transport\./);
  });

  test('shows where the tenant was reserved, and where the providers say it is', () => {
    expect(evidence.residency).toMatchObject({ asked: 'EU', region: 'eu-central', jurisdiction: 'EU' });
    const answers = new Map(evidence.entries.map(({ check, answered }) => [check, answered]));
    expect(answers.get('residency.reservation')).toBe('eu-central in EU');
    expect(answers.get('residency.bucket')).toBe('eu-central');
    expect(answers.get('residency.vault')).toBe('eu-central');
    expect(answers.get('residency.database')).toMatch(/ on server \d{15,} at /);
    expect(new Set(evidence.places.map(({ region }) => region))).toEqual(new Set(['eu-central', 'global']));
    expect(evidence.processors).toHaveLength(3);
  });

  test('can be verified independently: every hash, and the digest in the trail', async () => {
    for (const { hash, current: _, ...hashed } of evidence.entries)
      expect(createHash('sha256').update(canonicalize(hashed)!).digest('hex')).toBe(hash);
    const { rows } = await product.registry.query<{ detail: { evidence: { entries: number; sha256: string } } }>(
      `select detail from audit_entry where tenant_id = $1 and action = 'operation.active'`,
      [tenants[name].tenantId],
    );
    const { entries, sha256 } = rows[0]!.detail.evidence;
    expect(entries).toBeGreaterThan(50);
    const lines = evidence.entries.slice(0, entries).map(({ hash }) => `${hash}\n`);
    expect(createHash('sha256').update(lines.join('')).digest('hex')).toBe(sha256);
  });
});

describe('a residency that no region satisfies', () => {
  const indexed = async (): Promise<unknown> => {
    const handle = product.temporal.workflow.getHandle(`operation/${tenants.moved.operationId}`);
    return (await handle.describe()).typedSearchAttributes
      .getAll()
      .find(({ key }) => key.name === SEARCH_ATTRIBUTES.residency.name)?.value;
  };
  const amend = (patch: object) =>
    product.call('operator', 'POST', `/v1/operations/${tenants.moved.operationId}/resolution`, {
      verb: 'amend',
      patch,
      reason: 'The customer has corrected it.',
    });

  test('holds the run, and names the field and the possible values', async () => {
    const held = await product.until(tenants.moved.operationId, ({ status }) => status === 'on_hold');
    expect(held.failure).toMatchObject({ type: 'ResidencyNotPossible', pointer: '/compliance/dataResidency' });
    expect(held.failure!.message).toContain('eu-central (EU)');
    expect(await indexed()).toBe('JP');
  });

  test('can be amended before anything is reserved; run and tenant are then found by the new residency', async () => {
    const corrected = { region: 'us-east', compliance: { dataResidency: 'US' }, adminUser: NEW_PERSON };
    expect((await amend(corrected)).status).toBe(202);
    const decided = await product.until(
      tenants.moved.operationId,
      ({ status, resolutions = [] }) => status === 'active' || (status === 'on_hold' && resolutions.length > 0),
    );
    expect(decided).toMatchObject({ status: 'active', region: 'us-east' });
    expect(decided.failure).toBeUndefined();
    expect(await indexed()).toBe('US');
    expect((await evidenceOf(tenants.moved)).residency).toEqual({ asked: 'US', region: 'us-east', jurisdiction: 'US' });
  });

  test('cannot be amended once the tenant has its place', async () => {
    expect((await amend({ compliance: { dataResidency: 'EU' } })).status).toBe(409);
    const late = await product.order({
      ...plan('professional'),
      ...NAMED,
      ...HOLDS,
      paymentMethod: 'pm_card_chargeDeclined',
    });
    await product.until(late.operationId, ({ status }) => status === 'on_hold');
    const { status, body } = await product.call('operator', 'POST', `/v1/operations/${late.operationId}/resolution`, {
      verb: 'amend',
      patch: { compliance: { dataResidency: 'US' } },
      reason: 'Too late.',
    });
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([{ pointer: '/patch/compliance/dataResidency' }]);
    const givenUp = await product.call('operator', 'POST', `/v1/operations/${late.operationId}/resolution`, {
      verb: 'compensate',
    });
    expect(givenUp.status).toBe(202);
    expect((await product.untilEnded(late.operationId)).status).toBe('failed');
  });
});

describe('data about people', () => {
  /** Every row of every table of the registry as text, with bytes decoded. */
  async function everything(): Promise<{ table: string; text: string }[]> {
    const { rows: tables } = await product.registry.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
    );
    const found = tables.map(async ({ name }) => {
      const { rows } = await product.registry.query<{ text: string }>(
        `select row_to_json(t)::text as text from ${escapeIdentifier(name)} t`,
      );
      return rows.map(({ text }) => ({ table: name, text }));
    });
    return (await Promise.all(found)).flat();
  }

  test('appears in no column of any table of the registry in clear, as text or as bytes', async () => {
    const rows = await everything();
    const tables = new Set(rows.map(({ table }) => table));
    for (const table of [
      'operation',
      'resolution',
      'configuration',
      'audit_entry',
      'evidence',
      'step_event',
      'resource',
    ])
      expect(tables).toContain(table);
    const sought = PERSONAL.flatMap((text) => [
      text,
      Buffer.from(text).toString('hex'),
      Buffer.from(text).toString('base64').slice(0, 8),
    ]);
    const leaks = rows.filter(({ text }) => sought.some((each) => text.includes(each)));
    expect(leaks.map(({ table }) => table)).toEqual([]);
    // Control: the search does find text that is there in clear.
    expect(rows.some(({ text }) => text.includes(tenants.starter.order.tenantName))).toBe(true);
  });

  test('is readable with the tenant’s key, and unreadable once that key is destroyed', async () => {
    const { registry, keys } = product;
    const { operationId, tenantId } = tenants.moved;
    expect((await loadOperation(registry, keys, operationId))!.order.adminUser).toMatchObject(NEW_PERSON);
    expect(JSON.stringify(await readConfiguration(registry, keys, tenantId))).toContain('Xylophonics');
    await destroyTenantKey(registry, tenantId);
    await expect(loadOperation(registry, keys, operationId)).rejects.toThrow(/was destroyed/);
    await expect(readConfiguration(registry, keys, tenantId)).rejects.toThrow(/was destroyed/);
    const evidence = await evidenceOf(tenants.moved);
    expect(evidence.encryption.key).toBe('destroyed');
    for (const text of PERSONAL) expect(JSON.stringify(evidence)).not.toContain(text);
  });
});
