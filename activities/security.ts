import type { Dependencies } from './dependencies';
import type { Activities } from './interface';
import { loadPlaced, together } from './operation';

/** Step 5: logins with their grants where the tenant has a database login, and the API keys. */
export function createSecurity(dependencies: Dependencies): Pick<Activities, 'configureSecurity'> {
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
