import type { Dependencies, StepDependencies } from '../dependencies';
import type { Activities } from '../operations/interface';
import { loadPlaced, together } from '../operations/load-operation';

interface SecurityDependencies extends StepDependencies {
  postgres: Pick<Dependencies['postgres'], 'login' | 'readonlyLogin'>;
  registry: Pick<Dependencies['registry'], 'apiKeys'>;
}

/** Step 5: the API keys and, unless the database is pooled, the logins with their grants. */
export function createSecurity(dependencies: SecurityDependencies): Pick<Activities, 'configureSecurity'> {
  const { effects, kinds, postgres, registry } = dependencies;
  return {
    async configureSecurity(input) {
      const { template, placement, inRegion, global } = await loadPlaced(dependencies, input);
      const spec = template.resources.database;
      const target = inRegion(placement.database);
      const logins = async (): Promise<void> => {
        if (spec.isolation === 'pooled') return;
        await effects.ensure(kinds.of(postgres.login), target, spec);
        await effects.ensure(kinds.of(postgres.readonlyLogin), target, spec);
      };
      const keys = template.configuration.security.apiKeys;
      await together(logins(), effects.ensure(kinds.of(registry.apiKeys), global, { keys }));
    },
  };
}
