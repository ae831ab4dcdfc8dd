import { whyNot } from '../../stack/everything';

describe('a start that has failed', () => {
  const kubernetes = { server: 'kubernetes' as const, why: 'It was not asked for.', command: 'ask' };
  const s3 = { server: 's3' as const, why: 'There is no Go.', command: 'install Go' };

  test('says which server, why and what gets it', () => {
    expect(whyNot({ unavailable: [kubernetes, s3] }, new Error('a consequence'))).toBe(
      's3 cannot be had: There is no Go. To get it: install Go',
    );
  });

  test('is not blamed on a cluster nobody needs', () => {
    expect(whyNot({ unavailable: [kubernetes] }, new Error('the reason'))).toBe('the reason');
  });
});
