import {
  PROVIDER_LABELS,
  providerText,
  RESOURCE_LABELS,
  resourceLabel,
  resourceSubject,
} from '../../../contract/ledger/labels';
import { PLANS } from '../../../contract/orders/order';
import { loadTemplates } from '../../../templates/load';
import { plannedResources } from '../../../templates/placement/planned-resources';

const templates = loadTemplates('templates');

/** Every resource that an order of any plan can make. */
const PLANNED = PLANS.flatMap((plan) =>
  ['versity', 'aws'].flatMap((provider) =>
    plannedResources(
      { compliance: { dataResidency: 'EU', retentionPeriod: 1, encryptionLevel: 'enhanced' } },
      templates.get(plan),
      { region: 'eu-central', storage: { provider } } as Parameters<typeof plannedResources>[2],
    ),
  ),
);

test('every kind of resource and every provider has a name for people', () => {
  expect(PLANNED.map(({ kind }) => kind).filter((kind) => !Object.hasOwn(RESOURCE_LABELS, kind))).toEqual([]);
  expect(PLANNED.map(({ provider }) => provider).filter((name) => !Object.hasOwn(PROVIDER_LABELS, name))).toEqual([]);
});

test('two kinds never have the same name', () => {
  expect(new Set(Object.values(RESOURCE_LABELS)).size).toBe(Object.keys(RESOURCE_LABELS).length);
});

test('a message names the resource, its provider and the region, which a global provider does not have', () => {
  const database = { kind: 'postgres-schema', provider: 'postgres', region: 'eu-central', tenantId: 'k3v9' };
  expect(resourceSubject(database)).toBe('Database schema of tenant k3v9 (PostgreSQL in eu-central)');
  expect(providerText('stripe', 'global')).toBe('Stripe');
  expect(providerText('registry', 'eu-central')).toBe('control plane’s database');
});

test('a kind of a later version is still readable', () => {
  expect(resourceLabel('dns-zone')).toBe('Dns zone');
});
