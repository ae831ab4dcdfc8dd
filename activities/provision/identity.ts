import type { Dependencies, StepDependencies } from '../dependencies';
import type { Activities } from '../operations/interface';
import { loadPlaced, together } from '../operations/load-operation';

/** Step 7: makes the organization and the groups side by side, then the first admin in both. */
export function createIdentity(
  dependencies: StepDependencies & {
    keycloak: Pick<Dependencies['keycloak'], 'adminUser' | 'groups' | 'organization'>;
  },
): Pick<Activities, 'createOrganization'> {
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
