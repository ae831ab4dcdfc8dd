import type { Dependencies, StepDependencies } from '../dependencies';
import type { Activities } from '../operations/interface';
import { loadPlaced } from '../operations/load-operation';

/** Step 3. Isolation `schema` and `database` share one path: an owner, and a schema in the cell or in a database of the tenant's own. */
export function createDatabase(
  dependencies: StepDependencies & {
    postgres: Pick<Dependencies['postgres'], 'database' | 'owner' | 'pooledShare' | 'schema'>;
  },
): Pick<Activities, 'provisionDatabase'> {
  const { effects, kinds, postgres } = dependencies;
  return {
    async provisionDatabase(input) {
      const { template, placement, inRegion } = await loadPlaced(dependencies, input);
      const spec = template.resources.database;
      const target = inRegion(placement.database);
      if (spec.isolation === 'pooled') {
        await effects.ensure(kinds.of(postgres.pooledShare), target, spec);
        return;
      }
      await effects.ensure(kinds.of(postgres.owner), target, spec);
      await effects.ensure(kinds.of(spec.isolation === 'schema' ? postgres.schema : postgres.database), target, spec);
    },
  };
}
