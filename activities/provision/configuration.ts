import { orderedFlags } from '../../contract/flags/flags';
import type { Json, TenantProvisioningRequest } from '../../contract/orders/order';
import type { Configuration } from '../../registry/tenants/configuration';
import type { ProvisioningTemplate } from '../../templates/template';
import type { Dependencies, StepDependencies } from '../dependencies';
import type { Activities } from '../operations/interface';
import { loadPlaced } from '../operations/load-operation';

/** Step 6: writes the first version of the configuration that the application reads about the tenant. */
export function createConfiguration(
  dependencies: StepDependencies & { registry: Pick<Dependencies['registry'], 'configuration'> },
): Pick<Activities, 'configureApplication'> {
  const { effects, kinds, registry } = dependencies;
  return {
    async configureApplication(input) {
      const { tenantId, order, template, placement, global } = await loadPlaced(dependencies, input);
      const spec = configurationOf(tenantId, order, template, placement.network);
      await effects.ensure(kinds.of(registry.configuration), global, spec);
    },
  };
}

/** A tenant's configuration, from the template and the choices of its order. */
export function configurationOf(
  tenantId: string,
  order: TenantProvisioningRequest,
  { configuration, flags, templateId, version }: ProvisioningTemplate,
  hostname: string,
): Configuration {
  const { branding, integrations = [], settings = {}, customDomain } = order.configuration;
  const ordered = new Set(order.subscription.features);
  const features = configuration.features.map(({ key, includedIn, limit }) => ({
    key,
    enabled: includedIn === 'always' || ordered.has(key),
    limit: limit ?? null,
  }));
  const offered = configuration.integrations.filter(({ name }) => integrations.includes(name));
  return {
    features,
    modules: configuration.modules,
    settings: {
      ...settings,
      hostname,
      customDomain: customDomain ?? null,
      template: { id: templateId, version },
      retentionDays: order.compliance?.retentionPeriod ?? null,
    },
    branding: { ...configuration.branding, displayName: order.organizationName, ...defined(branding ?? {}) },
    integrations: offered.map(({ name, endpoint }) => ({
      name,
      endpoint: endpoint.replaceAll('{tenantId}', tenantId),
    })),
    notifications: configuration.notifications,
    reporting: configuration.reports,
    ...(flags ? { flags: orderedFlags(flags, order.featureFlags) } : {}),
  };
}

function defined(values: object): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
