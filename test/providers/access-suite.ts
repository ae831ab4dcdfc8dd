import { ACCESSES, type Access } from '../../contract/tenants/access';
import type { Found, ResourceContext, ResourceKind } from '../../providers/port/kind';

/** Each access after each other one, and each twice in a row, beginning with `open`. */
const STEPS: Access[] = ['closed', 'closed', 'read-only', 'closed', 'open', 'read-only', 'read-only', 'open', 'open'];

/** A resource that was created, and what the access tests do with it. */
export interface Changeable<Spec> {
  kind: ResourceKind<Spec>;
  context: ResourceContext<Spec>;
  exists(): Promise<boolean>;
  isListed(): Promise<boolean>;
  /** Looks from outside until the access is this one, and resolves with the access that it saw. */
  look(expected: Access): Promise<Access>;
  /** Removes what was made beside the resource. */
  clear(): Promise<void>;
  /** State found after the removal. */
  gone: Found['state'];
}

/**
 * Tests the promises of every kind whose resources can be closed and opened again. `load` makes a resource; it resolves with undefined for
 * a kind without `update`, of which nothing is tested.
 */
export function describeAccessPromises<Spec>(load: () => Promise<Changeable<Spec> | undefined>): void {
  const bare = ({ context }: Changeable<Spec>): ResourceContext<undefined> => ({ ...context, spec: undefined });
  const give = (resource: Changeable<Spec>, access: Access): Promise<void> =>
    resource.kind.update!(bare(resource), { access });
  /** What a requested access comes to at this provider. */
  const meant = ({ kind }: Changeable<Spec>, access: Access): Access =>
    access === 'read-only' ? (kind.readOnlyMeans ?? access) : access;
  const seen = async (resource: Changeable<Spec>): Promise<unknown> => ({
    found: await resource.kind.find(resource.context),
    foundWithoutSpec: await resource.kind.find(bare(resource)),
    listed: await resource.isListed(),
  });

  test('it has every access that it is given, from any other one; each time it is found as before, and created again it keeps it', async () => {
    const resource = await load();
    if (!resource) return;
    const before = await seen(resource);
    expect(before).toMatchObject({ found: { state: 'present' }, foundWithoutSpec: { state: 'present' }, listed: true });
    expect(await resource.look('open')).toBe('open');
    for (const access of STEPS) {
      await give(resource, access);
      expect([access, await resource.look(meant(resource, access))]).toEqual([access, meant(resource, access)]);
      expect(await seen(resource)).toEqual(before);
      await resource.kind.create(resource.context);
      expect([access, await resource.look(meant(resource, access))]).toEqual([access, meant(resource, access)]);
    }
    expect(await seen(resource)).toEqual(before);
  });

  test.each(ACCESSES.filter((access) => access !== 'open'))(
    'it can be removed while it is %s, and no change brings it back',
    async (access) => {
      const resource = await load();
      if (!resource) return;
      await give(resource, access);
      await resource.clear();
      await resource.kind.remove(bare(resource));
      expect(await resource.exists()).toBe(false);
      for (const late of ACCESSES) await give(resource, late).catch(() => undefined);
      expect(await resource.exists()).toBe(false);
      expect((await resource.kind.find(bare(resource))).state).toBe(resource.gone);
    },
  );
}
