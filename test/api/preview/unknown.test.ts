import { UnknownParts } from '../../../api/preview/unknown';
import { RegistryUnavailable } from '../../../registry/database';

const logged: unknown[] = [];
const logger = { warn: (...line: unknown[]) => void logged.push(line) };
beforeEach(() => logged.splice(0));

test('a part that is known in time is not listed', async () => {
  const unknown = new UnknownParts(logger);
  expect(await unknown.try('duration', () => Promise.resolve(7))).toBe(7);
  expect(unknown.parts).toEqual([]);
});

test('a part that does not come in time is unknown, and says so', async () => {
  const unknown = new UnknownParts(logger, 5);
  expect(await unknown.try('duration', () => new Promise(() => {}))).toBeUndefined();
  expect(unknown.parts).toEqual([{ part: 'duration', reason: 'It was not known within 0.005 seconds. Ask again.' }]);
});

test('a part that fails is unknown, and the log says why', async () => {
  const unknown = new UnknownParts(logger);
  expect(await unknown.try('price', () => Promise.reject(new Error('boom')))).toBeUndefined();
  expect(unknown.parts).toEqual([{ part: 'price', reason: 'It could not be determined. The API’s log says why.' }]);
  expect(JSON.stringify(logged)).toContain('boom');
});

test('while the registry is unavailable, nothing can be previewed', async () => {
  const unknown = new UnknownParts(logger);
  const down = unknown.try('price', () => Promise.reject(new RegistryUnavailable(undefined)));
  await expect(down).rejects.toBeInstanceOf(RegistryUnavailable);
});
