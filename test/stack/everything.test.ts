import { explainFailure } from '../../stack/everything';

describe('a failed start', () => {
  const kubernetes = { server: 'kubernetes' as const, why: 'It was not asked for.', command: 'ask' };
  const s3 = { server: 's3' as const, why: 'There is no Go.', command: 'install Go' };

  test('reports which server is missing, why, and how to get it', () => {
    expect(explainFailure({ unavailable: [kubernetes, s3] }, new Error('a consequence'))).toBe(
      's3 is unavailable: There is no Go. What to do: install Go',
    );
  });

  test('is not blamed on a cluster that was not requested', () => {
    expect(explainFailure({ unavailable: [kubernetes] }, new Error('the reason'))).toBe('the reason');
  });
});
