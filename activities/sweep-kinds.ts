import { GLOBAL_REGION } from '../contract/sweeps';
import type { Dependencies } from './dependencies';
import type { KindTable } from './kind-table';

/** The kinds that lie in a region, or in none. */
export function kindsIn({ kinds }: Pick<Dependencies, 'kinds'>, region: string): KindTable['all'] {
  return kinds.all.filter(({ kind }) => (kind.global === true) === (region === GLOBAL_REGION));
}
