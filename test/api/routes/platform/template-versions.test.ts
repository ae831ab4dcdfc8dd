import { templateVersionPageSchema } from '../../../../contract/schemas/platform/template-version-schema';
import { recordTemplateVersion } from '../../../../registry/templates/versions';
import { templateFingerprint } from '../../../../templates/stored';
import { templateSchema } from '../../../../templates/template-schema';
import type { ProvisioningTemplate } from '../../../../templates/template';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';

let api: ApiHarness;
let reader: Client;
beforeAll(async () => {
  api = await startApiHarness();
  reader = await api.as(['approvals:decide']);
});
afterAll(() => api.stop());

const record = async (template: ProvisioningTemplate): Promise<string> => {
  const fingerprint = templateFingerprint(template);
  await recordTemplateVersion(api.registry.pool, fingerprint, template);
  return fingerprint;
};

async function versions(query = '') {
  const answer = await reader.get(`/v1/templates/professional/versions${query}`);
  return expectAnswer(answer, 200, templateVersionPageSchema);
}

test('a plan’s templates are listed page by page, the newest first, each once and with the one in force marked', async () => {
  const now = api.dependencies.templates.get('professional');
  const before = { ...now, version: '0.9.0', templateName: 'Team' };
  const unnumbered = { ...now, templateName: 'Team' };
  const recorded = [await record(before), await record(now), await record(unnumbered)];
  await record(before);
  await record(api.dependencies.templates.get('starter'));

  const first = await versions('?limit=2');
  const second = await versions(`?limit=2&cursor=${first.nextCursor}`);
  expect(second.nextCursor).toBeUndefined();
  const items = [...first.items, ...second.items];
  expect(items.map(({ fingerprint }) => fingerprint)).toEqual(recorded.toReversed());
  expect(items.map(({ version, current }) => [version, current])).toEqual([
    [now.version, false],
    [now.version, true],
    ['0.9.0', false],
  ]);
});

test('an earlier template can be read as it was', async () => {
  const before = { ...api.dependencies.templates.get('enterprise'), version: '0.1.0', templateName: 'Large' };
  const fingerprint = await record(before);
  const answer = await reader.get(`/v1/templates/enterprise/versions/${fingerprint}`);
  expect(expectAnswer(answer, 200, templateSchema)).toEqual(before);
  expectProblem(await reader.get(`/v1/templates/starter/versions/${fingerprint}`), 'not-found');
});
