import { Pool } from 'pg';
import { describeApi } from '../api/http/openapi';
import { routeTable } from '../api/http/route-table';
import { createMetrics } from '../api/metrics';
import { createKeys } from '../providers/keys/keys';
import { apiDependencies, RecordingRuns } from '../test/helpers/api';
import { testRing } from '../test/helpers/registry';

/** The OpenAPI document of the API's routes, as an installation at this address serves it. Connects to nothing: no route is called. */
export function apiDocument(publicUrl: string): ReturnType<typeof describeApi> {
  const unused = apiDependencies({ pool: new Pool(), keys: createKeys(testRing(), []) }, new RecordingRuns());
  return describeApi(routeTable(unused, createMetrics(unused.pool)), publicUrl);
}
