import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common';

const { KEYWORD, KEYWORD_LIST } = SearchAttributeType;

/**
 * Search attributes of runs; every run about a tenant has the tenant's. Temporal does not encrypt them, so they hold ids and enumerations,
 * never names.
 */
export const SEARCH_ATTRIBUTES = {
  tenant: defineSearchAttributeKey('TenantId', KEYWORD),
  plan: defineSearchAttributeKey('TenantPlan', KEYWORD),
  status: defineSearchAttributeKey('ProvisioningStatus', KEYWORD),
  step: defineSearchAttributeKey('ProvisioningStep', KEYWORD_LIST),
  region: defineSearchAttributeKey('TenantRegion', KEYWORD),
  residency: defineSearchAttributeKey('DataResidency', KEYWORD),
};

/** The search attribute of every run about a tenant, so that all of them can be found by its id. */
export function tenantAttribute(tenantId: string): SearchAttributePair {
  return { key: SEARCH_ATTRIBUTES.tenant, value: tenantId };
}
