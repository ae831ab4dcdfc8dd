import { decisionsOf } from '../../../activities/notices/possible-decisions';
import { KINDS, OPERATION_KINDS, verbsIn, type OperationKind } from '../../../contract/operations/kinds';
import type { OperationStatus } from '../../../contract/operations/states';

describe('the decisions about each kind', () => {
  const leftovers = [{ kind: 'bucket', provider: 's3', region: 'eu', id: 'b', lastError: '403' }];
  const situation = (kind: OperationKind, status: OperationStatus, pastPivot = false) =>
    decisionsOf({ kind, status, pastPivot, skippable: true, leftovers });
  const aims = (...given: Parameters<typeof situation>): string[] => situation(...given).map(({ aim }) => aim);

  test.each(OPERATION_KINDS)('of %s are exactly its verbs, and need the field to correct only for `amend`', (kind) => {
    for (const status of Object.keys(KINDS[kind].states) as OperationStatus[]) {
      const verbs = verbsIn(kind, status).filter((verb) => !['cancel', 'approve', 'reject', 'amend'].includes(verb));
      expect(situation(kind, status).map(({ body }) => body.verb)).toEqual(verbs);
    }
  });

  test.each<[OperationKind, boolean, string]>([
    ['provision', false, 'the name becomes free'],
    ['suspend', false, 'To put these leftovers right by hand'],
    ['resume', false, 'To put these leftovers right by hand'],
    ['deprovision', false, 'To put these leftovers right by hand'],
    ['deprovision', true, 'so that the removal goes on without them'],
  ])('to accept leftovers of %s, past its pivot: %s, says what follows', (kind, pastPivot, words) => {
    const [retryAim, acceptAim] = aims(kind, 'needs_operator', pastPivot);
    expect(retryAim).toContain(pastPivot ? 'To retry the removal' : 'To retry the undo');
    expect(acceptAim).toContain(words);
  });

  test.each<[OperationKind, string]>([
    ['provision', 'To give up and undo everything'],
    ['suspend', 'To give up and open everything as before'],
    ['resume', 'To give up and close everything as before'],
    ['deprovision', 'To call the removal off and give back what was open before'],
  ])('to give up a %s on hold says how the tenant is then', (kind, aim) => {
    expect(aims(kind, 'on_hold')).toContain(aim);
  });
});
