import type { Dependencies } from './dependencies';
import type { Activities } from './interface';
import { loadPlaced, together } from './operation';

/** Step 7: organization and groups side by side, then the first admin in both. */
export function createIdentity(dependencies: Dependencies): Pick<Activities, 'createOrganization'> {
  const { effects, kinds, keycloak } = dependencies;
  return {
    async createOrganization(input) {
      const { order, template, global } = await loadPlaced(dependencies, input);
      const { security } = template.configuration;
      await together(
        effects.ensure(kinds.of(keycloak.organization), global, { organizationName: order.organizationName }),
        effects.ensure(kinds.of(keycloak.groups), global, { groups: security.groups }),
      );
      await effects.ensure(kinds.of(keycloak.adminUser), global, {
        ...order.adminUser,
        groups: security.adminGroups,
        passwordLength: security.passwordLength,
      });
    },
  };
}
