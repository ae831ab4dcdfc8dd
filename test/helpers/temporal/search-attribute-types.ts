import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../../../contract/temporal/search-attributes';

const { IndexedValueType } = temporal.api.enums.v1;

/** The product's search attributes as a server registers them: the type of each name. */
export const SEARCH_ATTRIBUTE_TYPES = Object.fromEntries(
  Object.values(SEARCH_ATTRIBUTES).map(({ name, type }) => [name, IndexedValueType[`INDEXED_VALUE_TYPE_${type}`]]),
);
