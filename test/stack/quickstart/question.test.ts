import { ask } from '../../../stack/quickstart/proof/question';

describe('the closing check at the providers', () => {
  test('adds up the resources of several tenants', async () => {
    const question = { where: 'S3', what: 'buckets', count: async (tenantId: string) => tenantId.length };
    const answers = await ask([question], { failed: [], active: ['a', 'bb'] });
    expect(answers).toEqual([{ where: 'S3', what: 'buckets', failed: 0, active: 3 }]);
  });

  test('does not take a missing answer for an empty one', async () => {
    const count = (): Promise<number> => Promise.reject(new Error('connection refused'));
    const [answer] = await ask([{ where: 'S3', what: 'buckets', count }], { failed: ['a'], active: [] });
    expect(answer).toMatchObject({ failed: 'connection refused', active: 0 });
  });
});
