import fc from 'fast-check';
import { appRole, isMarked, mark, ownerRole, readonlyRole, schemaName } from '../../providers/postgres/shares/names';
import { assertTenantId, dashName, newOperationId, newTenantId, tenantIdOf, underscoreName } from '../../contract/ids';

const tenantId = fc.stringMatching(/^[a-z][a-z0-9]{15}$/);
const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  tenantId.map((id) => `${id}\n`),
  tenantId.map((id) => id.toUpperCase()),
  fc.tuple(tenantId, fc.string({ minLength: 1 })).map(([id, more]) => id + more),
  tenantId.map((id) => id.slice(0, -1)),
  tenantId.map((id) => id.replace(/.$/, 'é')),
);

describe('names derived from a tenant id', () => {
  test('are valid at every provider, and short enough', () => {
    fc.assert(
      fc.property(tenantId, (id) => {
        for (const name of [underscoreName, schemaName, ownerRole, appRole, readonlyRole].map((derive) => derive(id)))
          expect(name).toMatch(/^[a-z][a-z0-9_]{0,62}$/);
        // Valid as a bucket, a namespace and a DNS label.
        expect(dashName(id)).toMatch(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/);
      }),
    );
  });

  test('lead back to that tenant, and to no other', () => {
    fc.assert(
      fc.property(tenantId, tenantId, (id, other) => {
        const names = (of: string): string[] =>
          [schemaName, ownerRole, appRole, readonlyRole, dashName].map((derive) => derive(of));
        expect(new Set(names(id).map(tenantIdOf))).toEqual(new Set([id]));
        if (other === id) return;
        expect(names(id).filter((name) => names(other).includes(name))).toEqual([]);
        expect(isMarked(mark(other), id)).toBe(false);
      }),
    );
  });

  test('are derived only from tenant ids, and foreign names lead to no tenant', () => {
    fc.assert(
      fc.property(anything, (text) => {
        fc.pre(!/^[a-z][a-z0-9]{15}$/.test(text) || text.endsWith('\n'));
        for (const derive of [
          assertTenantId,
          underscoreName,
          dashName,
          schemaName,
          ownerRole,
          appRole,
          readonlyRole,
          mark,
        ])
          expect(() => derive(text)).toThrow('Not a tenant id');
        const found = tenantIdOf(text);
        if (found !== undefined) expect(text).toMatch(/^t[_-]/);
      }),
    );
  });
});

test('new ids are valid and unique', () => {
  const ids = Array.from({ length: 2_000 }, newTenantId);
  for (const id of ids) expect(assertTenantId(id)).toBe(id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(newOperationId()).toMatch(/^op_[a-z2-7]{20}$/);
});
