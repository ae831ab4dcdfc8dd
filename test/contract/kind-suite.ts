import { randomBytes } from 'node:crypto';
import { newOperationId, newTenantId } from '../../contract/ids';
import type { ResourceContext, ResourceKind, ResourceSecrets } from '../../activities/kind';

/** What the suite must be told about a kind on one adapter, against a real server. */
export interface KindFixture<Spec> {
  kind: ResourceKind<Spec>;
  region: string;
  /** The cell to work in, for kinds that have cells. */
  cell?: string;
  /** What to ask for; may make what the kind rests on (an owner role for a schema) – undone by `teardown`. */
  spec(tenantId: string): Promise<Spec> | Spec;
  /** The provider's own word, not through the kind. */
  exists(context: ResourceContext<Spec>): Promise<boolean>;
  /** Half of the resource, as a crash inside `create` would leave it. Absent where creation is one atomic call. */
  makePartial?(context: ResourceContext<Spec>): Promise<void>;
  /** Somebody else's resource of the same name; returns how to take it away. Absent where names cannot clash. */
  makeForeign?(context: ResourceContext<Spec>): Promise<() => Promise<void>>;
  /** How it is found once it was removed, where the provider keeps it for a while; `absent` unless told. */
  gone?: 'scheduled';
  /** Takes away what `spec` made for this tenant. */
  teardown?(tenantId: string): Promise<void>;
}

/** Secrets kept in memory, for tests. */
export function memorySecrets(values = new Map<string, string>()): ResourceSecrets {
  return {
    obtain: (name, make) => {
      const value = values.get(name) ?? make();
      values.set(name, value);
      return Promise.resolve(value);
    },
    store: (name, value) => Promise.resolve(void values.set(name, value)),
    read: (name) => Promise.resolve(values.get(name)),
  };
}

/** A context for a random tenant, as `effect` would build it. */
export function resourceContext<Spec>(
  kind: ResourceKind<Spec>,
  region: string,
  spec: Spec,
  tenantId: string = newTenantId(),
  cell = '',
): ResourceContext<Spec> {
  return {
    tenantId,
    operationId: newOperationId(),
    region,
    cell,
    name: kind.name(tenantId),
    spec,
    id: undefined,
    intendedAt: new Date(),
    idempotencyKey: `${randomBytes(8).toString('hex')}:${kind.kind}:0`,
    secrets: memorySecrets(),
    signal: AbortSignal.timeout(60_000),
  };
}

/** The promises every resource kind keeps on every adapter. `load` starts from a real server; call inside a test file. */
export function describeKind<Spec>(title: string, load: () => Promise<KindFixture<Spec>>): void {
  describe(`kind ${title}`, () => {
    let fixture: KindFixture<Spec>;
    const made: ResourceContext<Spec>[] = [];

    beforeAll(async () => {
      fixture = await load();
    });
    const context = async (): Promise<ResourceContext<Spec>> => {
      const tenantId = newTenantId();
      const result = resourceContext(
        fixture.kind,
        fixture.region,
        await fixture.spec(tenantId),
        tenantId,
        fixture.cell,
      );
      made.push(result);
      return result;
    };
    afterEach(async () => {
      for (const entry of made.splice(0)) {
        await fixture.kind.remove(entry);
        await fixture.teardown?.(entry.tenantId);
      }
    });

    const listed = async (tenantId: string) => {
      for await (const entry of fixture.kind.list(fixture.region, AbortSignal.timeout(60_000)))
        if (entry.tenantId === tenantId) return entry;
      return undefined;
    };

    test('an absent one is found absent, and removing it is a success', async () => {
      const entry = await context();
      expect((await fixture.kind.find(entry)).state).toBe('absent');
      await fixture.kind.remove(entry);
    });

    test('what create made is there by the provider’s own word, found present and listed', async () => {
      const entry = await context();
      const created = await fixture.kind.create(entry);
      expect(await fixture.exists(entry)).toBe(true);
      expect(await fixture.kind.find(entry)).toMatchObject({ state: 'present', id: created.id });
      expect(await listed(entry.tenantId)).toMatchObject({ tenantId: entry.tenantId, id: created.id });
    });

    test('creating twice makes one, with the same id', async () => {
      const entry = await context();
      const first = await fixture.kind.create(entry);
      const second = await fixture.kind.create(entry);
      expect(second.id).toBe(first.id);
    });

    test('remove takes it away with what is inside, twice is a success, and it is listed no more', async () => {
      const entry = await context();
      const { id } = await fixture.kind.create(entry);
      await fixture.kind.remove({ ...entry, id, spec: undefined });
      expect(await fixture.exists(entry)).toBe(false);
      await fixture.kind.remove({ ...entry, id, spec: undefined });
      const { gone = 'absent' } = fixture;
      expect((await fixture.kind.find(entry)).state).toBe(gone);
      expect((await fixture.kind.find({ ...entry, spec: undefined })).state).toBe(gone);
      expect(await listed(entry.tenantId)).toBeUndefined();
    });

    test('what the list says of it is enough to remove it', async () => {
      const entry = await context();
      await fixture.kind.create(entry);
      const { tenantId, name, id, cell = '' } = (await listed(entry.tenantId))!;
      await fixture.kind.remove({ ...entry, tenantId, name, id, cell, operationId: '', spec: undefined });
      expect(await fixture.exists(entry)).toBe(false);
    });

    test('it can be made again after it was removed', async () => {
      const entry = await context();
      await fixture.kind.create(entry);
      await fixture.kind.remove(entry);
      await fixture.kind.create({ ...entry, idempotencyKey: `${entry.idempotencyKey}1` });
      expect(await fixture.exists(entry)).toBe(true);
    });

    test('a half-made one is not taken for a whole one, and create completes it', async () => {
      if (!fixture.makePartial) return;
      const entry = await context();
      await fixture.makePartial(entry);
      expect((await fixture.kind.find(entry)).state).not.toBe('present');
      await fixture.kind.create(entry);
      expect((await fixture.kind.find(entry)).state).toBe('present');
    });

    test('a half-made one can be removed', async () => {
      if (!fixture.makePartial) return;
      const entry = await context();
      await fixture.makePartial(entry);
      await fixture.kind.remove(entry);
      expect(await fixture.exists(entry)).toBe(false);
    });

    test('someone else’s of the same name is neither adopted nor removed nor listed', async () => {
      if (!fixture.makeForeign) return;
      const entry = await context();
      const takeAway = await fixture.makeForeign(entry);
      try {
        expect((await fixture.kind.find(entry)).state).toBe('foreign');
        await expect(fixture.kind.create(entry)).rejects.toMatchObject({ type: 'ResourceNotOurs' });
        await fixture.kind.remove(entry);
        expect(await fixture.exists(entry)).toBe(true);
        expect(await listed(entry.tenantId)).toBeUndefined();
      } finally {
        await takeAway();
      }
    });
  });
}
