import { findingsIn } from '../../../../providers/scanner/s3-scanner-output';

const BUCKET = 't-abcdefghijklmnop';
const said = (permissions: string): string =>
  `Warning: AWS credentials not configured\n\n${BUCKET} | bucket_exists | AuthUsers: [], AllUsers: [${permissions}]\n`;

test.each([
  ['', 'info', 'nothing is allowed'],
  ['ReadACP', 'medium', 'allowed: ReadACP'],
  ['Read', 'high', 'allowed: Read'],
  ['Read, ReadACP', 'high', 'allowed: Read, ReadACP'],
  ['Read, Write', 'critical', 'allowed: Read, Write'],
  ['FullControl', 'critical', 'allowed: FullControl'],
  ['SomethingNew', 'high', 'allowed: SomethingNew'],
])('a stranger’s permissions (%s) are a finding of severity %s', (permissions, severity, seen) => {
  expect(findingsIn(said(permissions), BUCKET)).toEqual([
    { id: 's3.all-users', claim: expect.any(String), severity, seen },
  ]);
});

test.each([
  ['nothing', ''],
  ['another bucket', said('').replaceAll(BUCKET, 't-qrstuvwxyzabcdef')],
  ['no such bucket', `${BUCKET} | bucket_not_exist\n`],
  ['an exception', `Bucket scan raised exception: ${BUCKET} - timed out\n`],
  ['a line that was cut off', `${BUCKET} | bucket_exists | AuthUsers: [], AllUs`],
])('%s does not count as a closed bucket', (_what, output) => {
  expect(findingsIn(output, BUCKET)).toBeUndefined();
});
