import type { Dependencies } from './dependencies';
import type { RegisteredKind } from './effect';
import type { ResourceKind } from './kind';

/** Every kind of every adapter, with its adapter's classification of errors. */
export interface KindTable {
  /** A kind as `effect` takes it. */
  of<Spec>(kind: ResourceKind<Spec>): RegisteredKind<Spec>;
  /** The kind a ledger row was made by. Throws when no adapter has it: the row stays, and is tried again. */
  find(provider: string, kind: string): RegisteredKind;
  all: readonly RegisteredKind[];
}

/** Collects the kinds of all adapters. */
export function createKindTable({
  registry,
  keys,
  postgres,
  storage,
  kubernetes,
  keycloak,
  billing,
}: Pick<
  Dependencies,
  'registry' | 'keys' | 'postgres' | 'storage' | 'kubernetes' | 'keycloak' | 'billing'
>): KindTable {
  const of = (kinds: readonly object[], classify: RegisteredKind['classify']): RegisteredKind[] =>
    kinds.map((kind) => ({ kind: kind as ResourceKind, classify }));
  const all = [
    ...of(Object.values(registry), postgres.classify),
    ...of([keys.ownKey], keys.classify),
    ...of(postgres.kinds, postgres.classify),
    ...of(storage.kinds, storage.classify),
    ...of(kubernetes.kinds, kubernetes.classify),
    ...of(keycloak.kinds, keycloak.classify),
    ...of(billing.kinds, billing.classify),
  ];
  const byName = new Map(all.map((entry) => [`${entry.kind.provider}/${entry.kind.kind}`, entry]));
  const find = (provider: string, kind: string): RegisteredKind => {
    const found = byName.get(`${provider}/${kind}`);
    if (!found) throw new Error(`No adapter of this worker has the kind ${kind} of ${provider}. Configure it again.`);
    return found;
  };
  return { all, find, of: (kind) => ({ kind, classify: find(kind.provider, kind.kind).classify }) };
}
