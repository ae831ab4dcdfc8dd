import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from './messages';

const TENANT = defineSearchAttributeKey(SEARCH_ATTRIBUTES.tenant, SearchAttributeType.KEYWORD);

/** What every run about one tenant is started with, so that all of them are found by its id. */
export function tenantAttribute(tenantId: string): SearchAttributePair {
  return { key: TENANT, value: tenantId };
}
