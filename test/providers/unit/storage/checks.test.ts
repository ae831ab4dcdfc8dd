import { allowed, refused } from '../../../../providers/storage/checks';
import { StorageError } from '../../../../providers/storage/errors';
import { probeAlways } from '../../../../providers/port/probe';

const answering = (code: string, status: number) => () => Promise.reject(new StorageError(code, status, 'x'));
const there = () => Promise.resolve();

// Answers of a store about a new key, about a bucket that is not visible everywhere yet, and when it is busy.
test.each([
  ['InvalidAccessKeyId', 403],
  ['SignatureDoesNotMatch', 403],
  ['RequestTimeTooSkewed', 403],
  ['NoSuchBucket', 404],
  ['OperationAborted', 409],
  ['ThrottlingException', 400],
  ['SlowDown', 503],
  ['InternalError', 500],
])('%s (%i) counts as neither success nor refusal in a check', async (code, status) => {
  await expect(allowed(probeAlways, 'id', 'claim', answering(code, status))).rejects.toThrow();
  await expect(refused(probeAlways, 'id', 'claim', there, answering(code, status))).rejects.toThrow();
});

test('a denial is an answer to both kinds of check', async () => {
  expect(await allowed(probeAlways, 'id', 'claim', answering('AccessDenied', 403))).toMatchObject([{ passed: false }]);
  expect(await refused(probeAlways, 'id', 'claim', there, answering('AccessDenied', 403))).toMatchObject([
    { passed: true },
  ]);
});
