import { GLOBAL_REGION } from '../../contract/maintenance/sweeps';
import type { KindTable } from '../effects/kind-table';

/** The kinds whose resources are in a region or, for `global`, in none. */
export function kindsIn({ kinds }: { kinds: Pick<KindTable, 'all'> }, region: string): KindTable['all'] {
  return kinds.all.filter(({ kind }) => (kind.global === true) === (region === GLOBAL_REGION));
}
