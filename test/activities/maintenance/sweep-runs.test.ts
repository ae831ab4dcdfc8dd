import { resumeOf } from '../../../activities/maintenance/sweep-runs';
import type { OperationStatus } from '../../../contract/operations/states';

const lost = (status: OperationStatus, pivotAt: Date | null) =>
  resumeOf({ status, pivotAt, region: 'eu', failure: null, approvalState: 'not_required', skipped: [] });

test.each<OperationStatus>(['running', 'grace', 'on_hold', 'compensating', 'needs_operator'])(
  'a lost run that was %s before its pivot is undone',
  (status) => expect(lost(status, null)).toEqual({ as: 'compensate', region: 'eu', end: 'failed' }),
);

test.each<OperationStatus>(['removing', 'needs_operator', 'completed', 'active'])(
  'a lost run that was %s after its pivot is finished, and never undone',
  (status) => expect(lost(status, new Date())).toEqual({ as: 'hand-over', region: 'eu', skipped: [] }),
);

test.each<OperationStatus>(['active', 'completed'])(
  'an operation that an earlier version left %s is past its pivot, although that was not recorded',
  (status) => expect(lost(status, null)).toMatchObject({ as: 'hand-over' }),
);
