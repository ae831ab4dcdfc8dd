import { randomBytes } from 'node:crypto';
import { newOperationId, newTenantId } from '../../contract/ids';
import type { Access } from '../../contract/tenants/access';
import type { ResourceContext, ResourceKind, ResourceSecrets } from '../../providers/port/kind';
import { describeAccessPromises } from './access-suite';

/** What the suite needs to test one kind with one adapter on a real server. */
export interface KindFixture<Spec> {
  kind: ResourceKind<Spec>;
  region: string;
  /** The cell to work in, for kinds that have cells. */
  cell?: string;
  /** The spec to create; may make prerequisites (an owner role for a schema), which `teardown` removes. */
  spec(tenantId: string): Promise<Spec> | Spec;
  /** Looks at the provider directly, without the kind. */
  exists(context: ResourceContext<Spec>): Promise<boolean>;
  /** Makes half of the resource, as a crash inside `create` would leave it. Missing where creation is one atomic call. */
  makePartial?(context: ResourceContext<Spec>): Promise<void>;
  /** Makes a foreign resource of the same name and returns its removal. Missing where names cannot clash. */
  makeForeign?(context: ResourceContext<Spec>): Promise<() => Promise<void>>;
  /**
   * Makes what the access of the resource needs beside it, such as a bucket for its key, and returns the removal. Missing where it needs
   * nothing, and for kinds without `update`.
   */
  furnish?(context: ResourceContext<Spec>): Promise<() => Promise<void>>;
  /** Looks at the access until it is the expected one, where that takes time or cannot be seen; the kind's `access` by default. */
  look?(context: ResourceContext<undefined>, expected: Access): Promise<Access>;
  /** State found after removal, where the provider keeps the resource for a while; `absent` by default. */
  gone?: 'scheduled';
  /** Removes the prerequisites that `spec` made for this tenant. */
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

/** A kind for tests in which nothing of it is made. */
export function unusedKind<Spec>(kind: string): ResourceKind<Spec> {
  const unexpected = (): Promise<never> => Promise.reject(new Error(`A ${kind} is not made in this test.`));
  return {
    kind,
    provider: 'none',
    name: (tenantId) => tenantId,
    find: unexpected,
    create: unexpected,
    remove: unexpected,
    async *list() {},
  };
}

/** A context for a random tenant, built as `effect` builds it. */
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

/** Tests the promises that every resource kind keeps on every adapter. Call it in a test file; `load` starts from a real server. */
export function describeKind<Spec>(title: string, load: () => Promise<KindFixture<Spec>>): void {
  describe(`kind ${title}`, () => {
    let fixture: KindFixture<Spec>;
    const made: ResourceContext<Spec>[] = [];
    const furnished: (() => Promise<void>)[] = [];

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
      for (const clear of furnished.splice(0)) await clear();
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

    test('an absent resource is found absent, and removing it succeeds', async () => {
      const entry = await context();
      expect((await fixture.kind.find(entry)).state).toBe('absent');
      await fixture.kind.remove(entry);
    });

    test('a created resource exists at the provider, is found present and is listed', async () => {
      const entry = await context();
      const created = await fixture.kind.create(entry);
      expect(await fixture.exists(entry)).toBe(true);
      expect(await fixture.kind.find(entry)).toMatchObject({ state: 'present', id: created.id });
      expect(await listed(entry.tenantId)).toMatchObject({ tenantId: entry.tenantId, id: created.id });
    });

    test('creating twice makes one resource, with the same id', async () => {
      const entry = await context();
      const first = await fixture.kind.create(entry);
      const second = await fixture.kind.create(entry);
      expect(second.id).toBe(first.id);
    });

    test('remove deletes the resource with its contents, succeeds twice, and ends its listing', async () => {
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

    test('the listing contains enough to remove the resource', async () => {
      const entry = await context();
      await fixture.kind.create(entry);
      const { tenantId, name, id, cell = '' } = (await listed(entry.tenantId))!;
      await fixture.kind.remove({ ...entry, tenantId, name, id, cell, operationId: '', spec: undefined });
      expect(await fixture.exists(entry)).toBe(false);
    });

    test('a removed resource can be created again', async () => {
      const entry = await context();
      await fixture.kind.create(entry);
      await fixture.kind.remove(entry);
      await fixture.kind.create({ ...entry, idempotencyKey: `${entry.idempotencyKey}1` });
      expect(await fixture.exists(entry)).toBe(true);
    });

    test('a partial resource is not taken for a complete one, and create completes it', async () => {
      if (!fixture.makePartial) return;
      const entry = await context();
      await fixture.makePartial(entry);
      expect((await fixture.kind.find(entry)).state).not.toBe('present');
      await fixture.kind.create(entry);
      expect((await fixture.kind.find(entry)).state).toBe('present');
    });

    test('a partial resource can be removed', async () => {
      if (!fixture.makePartial) return;
      const entry = await context();
      await fixture.makePartial(entry);
      await fixture.kind.remove(entry);
      expect(await fixture.exists(entry)).toBe(false);
    });

    test('a foreign resource of the same name is neither adopted nor removed nor listed', async () => {
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

    describeAccessPromises(async () => {
      const { kind, gone = 'absent' } = fixture;
      if (!kind.update) return undefined;
      const entry = await context();
      const { id } = await kind.create(entry);
      const created = { ...entry, id };
      const clear = await fixture.furnish?.(created);
      if (clear) furnished.push(clear);
      const bare = { ...created, spec: undefined };
      return {
        kind,
        context: created,
        exists: () => fixture.exists(created),
        isListed: async () => (await listed(entry.tenantId)) !== undefined,
        look: (expected) => (fixture.look ? fixture.look(bare, expected) : kind.access!(bare)),
        clear: async () => clear?.(),
        gone,
      };
    });
  });
}
