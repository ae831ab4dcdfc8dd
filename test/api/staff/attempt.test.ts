import { openAttempt, sealAttempt } from '../../../api/staff/attempt';
import { parseKeyRing } from '../../../contract/keys/key-ring';
import { testRing } from '../../helpers/registry';

const ATTEMPT = { state: 's', nonce: 'n', verifier: 'v', returnTo: 'https://provisioner.example/console/' };
const BEGAN = new Date('2026-02-01T10:00:00Z');
const later = (seconds: number): Date => new Date(BEGAN.getTime() + seconds * 1000);

test('an attempt can be continued by any process with the same ring, for ten minutes', () => {
  const ring = testRing();
  const cookie = sealAttempt(ring, ATTEMPT, BEGAN);
  expect(cookie).toMatch(/^[\w.-]{1,4000}$/);
  expect(openAttempt(ring, cookie, later(599))).toEqual(ATTEMPT);
  expect(openAttempt(ring, cookie, later(600))).toBeUndefined();
});

test('an attempt survives a rotation of the ring, but not the removal of its key', () => {
  const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)].map((key) => key.toString('base64'));
  const cookie = sealAttempt(parseKeyRing(`a:${one}`), ATTEMPT, BEGAN);
  expect(openAttempt(parseKeyRing(`b:${two},a:${one}`), cookie, BEGAN)).toEqual(ATTEMPT);
  expect(openAttempt(parseKeyRing(`b:${two}`), cookie, BEGAN)).toBeUndefined();
});

test('a changed, foreign or empty cookie is no attempt', () => {
  const ring = testRing();
  const cookie = sealAttempt(ring, ATTEMPT, BEGAN);
  const changed = cookie
    .replace(/.$/, (end) => (end === 'A' ? 'B' : 'A'))
    .replace(/\.(.)/, (_, first) => `.${first === 'A' ? 'B' : 'A'}`);
  for (const text of [
    '',
    '.',
    'x',
    changed,
    cookie.replace(/^[^.]+/, 'other'),
    sealAttempt(testRing(), ATTEMPT, BEGAN),
  ])
    expect(openAttempt(ring, text, BEGAN)).toBeUndefined();
});

test('nothing of an attempt can be read in its cookie', () => {
  const cookie = sealAttempt(testRing(), { ...ATTEMPT, verifier: 'a-verifier-of-pkce' }, BEGAN);
  expect(Buffer.from(cookie.split('.')[1]!, 'base64url').toString('latin1')).not.toContain('verifier');
});
