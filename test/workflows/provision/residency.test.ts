import { SEARCH_ATTRIBUTES } from '../../../contract/temporal/search-attributes';
import { REGION } from '../../helpers/temporal/journal';
import { resetHarness, startHarness, type Harness } from '../../helpers/temporal/workflow-harness';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
}, 120_000);
afterAll(() => harness.stop());
beforeEach(() => resetHarness(harness));

async function indexedAfter(residency: string | null | undefined): Promise<unknown> {
  harness.activities.validateOrder = () =>
    Promise.resolve({ region: REGION, approvalsRequired: [], ...(residency === undefined ? {} : { residency }) });
  const handle = await harness.start();
  await handle.result();
  const { typedSearchAttributes } = await handle.describe();
  return typedSearchAttributes.getAll().find(({ key }) => key.name === SEARCH_ATTRIBUTES.residency.name)?.value;
}

test('a run is found by the residency its order had at validation', async () => {
  expect(await indexedAfter('EU')).toBe('EU');
});

test.each([null, undefined])('a run whose order has no residency (%s) is found under none', async (residency) => {
  expect(await indexedAfter(residency)).toBeUndefined();
});
