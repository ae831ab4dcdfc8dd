import fc from 'fast-check';
import { createExpiry } from '../../../../providers/storage/objects/expiry';
import { daysBefore, uploadDays } from '../../../../providers/storage/objects/retention';
import type { ObjectVersion } from '../../../../providers/storage/objects/versions';

const at = (day: number): Date => new Date(Date.UTC(2026, 0, 1) + day * 86_400_000);
const BEFORE = at(100);

/** The versions of a key, given by the days they were made on, the newest first; a leading `x` marks a delete marker. */
function key(name: string, ...made: string[]): ObjectVersion[] {
  return made.map((day, index) => {
    const isDeleteMarker = day.startsWith('x');
    const modifiedAt = at(Number(day.replace('x', '')));
    return {
      key: name,
      versionId: `v${made.length - index}`,
      isLatest: index === 0,
      isDeleteMarker,
      bytes: 1,
      modifiedAt,
    };
  });
}

function expired(versions: ObjectVersion[]): string[] {
  const expiry = createExpiry(BEFORE);
  return [...versions.flatMap((version) => expiry.take(version)), ...expiry.end()].map(
    ({ key: name, versionId }) => `${name} ${versionId}`,
  );
}

describe('expired versions', () => {
  test.each<[string, ObjectVersion[], string[]]>([
    ['a current object, however old', key('a', '1'), []],
    ['a version that was replaced before the limit', key('a', '99', '1'), ['a v1']],
    ['a version that was replaced after the limit, however old it is', key('a', '100', '1'), []],
    ['each version, counted from its successor', key('a', '101', '99', '98', '1'), ['a v2', 'a v1']],
    ['a version that was deleted before the limit', key('a', 'x99', '1'), ['a v1']],
    ['a version that was deleted after the limit', key('a', 'x101', '1'), []],
    ['a delete marker above a version, but not in the same round', key('a', 'x99', '98'), ['a v1']],
    ['a delete marker above nothing', key('a', 'x99'), ['a v1']],
    ['a younger delete marker above nothing', key('a', 'x100'), []],
    ['a delete marker below a newer version', key('a', '99', 'x98', '1'), ['a v2', 'a v1']],
    [
      'versions of one key, independent of the next key',
      [...key('a', 'x1'), ...key('b', '2'), ...key('c', 'x3')],
      ['a v1', 'c v1'],
    ],
  ])('%s', (_, versions, expected) => {
    expect(expired(versions)).toEqual(expected);
  });

  test('never include a current object, nor one that was current at the limit', () => {
    const days = fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 8 });
    const history = days.chain((made) =>
      fc
        .array(fc.boolean(), { minLength: made.length, maxLength: made.length })
        .map((markers) => made.sort((a, b) => b - a).map((day, index) => `${markers[index] ? 'x' : ''}${day}`)),
    );
    fc.assert(
      fc.property(fc.array(history, { maxLength: 5 }), (histories) => {
        const all = histories.flatMap((made, index) => key(`k${index}`, ...made));
        const gone = new Set(expired(all));
        for (const { key: name } of all) {
          const versions = all.filter((version) => version.key === name);
          const current = versions.find((version) => version.modifiedAt < BEFORE);
          const kept = versions.filter((version) => !gone.has(`${name} ${version.versionId}`));
          if (!versions[0]!.isDeleteMarker) expect(kept).toContain(versions[0]);
          // The object that was readable at that moment can still be restored.
          if (current && !current.isDeleteMarker) expect(kept).toContain(current);
        }
      }),
    );
  });
});

test('an unfinished upload is kept for a week, or shorter with a shorter retention', () => {
  expect([uploadDays(undefined), uploadDays(365), uploadDays(2)]).toEqual([7, 7, 2]);
  expect(daysBefore(at(30), 30)).toEqual(at(0));
});
