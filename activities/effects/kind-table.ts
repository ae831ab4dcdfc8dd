import type { Providers } from '../../providers/providers';
import type { RegisteredKind } from './resource-context';
import type { ResourceKind } from '../../providers/port/kind';

/** Every kind of every adapter, with its adapter's classification of errors. */
export interface KindTable {
  /** Adds the adapter's classification of errors to a kind, as `effect` needs it. */
  of<Spec>(kind: ResourceKind<Spec>): RegisteredKind<Spec>;
  /** The kind that made a ledger row. Throws when no adapter has it; the row then stays and is tried again. */
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
  edge,
}: Omit<Providers, 'mailer' | 'scanner'>): KindTable {
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
    ...of(edge.kinds, edge.classify),
  ];
  const byName = new Map(all.map((entry) => [`${entry.kind.provider}/${entry.kind.kind}`, entry]));
  const find = (provider: string, kind: string): RegisteredKind => {
    const found = byName.get(`${provider}/${kind}`);
    if (!found) throw new Error(`No adapter of this worker has the kind ${kind} of ${provider}. Configure it again.`);
    return found;
  };
  return { all, find, of: (kind) => ({ kind, classify: find(kind.provider, kind.kind).classify }) };
}
