import { ApplicationFailure } from '@temporalio/common';
import { DELIVER_MAIL } from '../../../contract/maintenance/mail-delivery';
import { TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { askedFor, resultOf } from '../../helpers/temporal/commands';
import { VirtualTemporal } from '../provision/virtual-temporal';

let temporal: VirtualTemporal;
beforeEach(async () => void (temporal = await VirtualTemporal.create()), 120_000);
afterEach(() => temporal.dispose());

test('a round goes on after a failure and answers how many mails it sent', async () => {
  let failures = 1;
  const deliverDueMail = () =>
    failures-- > 0 ? Promise.reject(new Error('no database')) : Promise.resolve({ sent: 2, failed: 1 });
  Object.assign(temporal.activities, { deliverDueMail });
  const run = await temporal.end(temporal.beginOther(DELIVER_MAIL, 'deliver-mail'));
  expect([run.ending, resultOf(run)]).toEqual(['completed', { sent: 2, failed: 1 }]);
  expect(temporal.calls.map(({ taskQueue }) => taskQueue)).toEqual([TASK_QUEUE, TASK_QUEUE]);
});

test('a round that keeps failing ends, because the schedule starts the next one', async () => {
  const deliverDueMail = () => Promise.reject(ApplicationFailure.retryable('no database'));
  Object.assign(temporal.activities, { deliverDueMail });
  const run = await temporal.end(temporal.beginOther(DELIVER_MAIL, 'deliver-mail'));
  expect([run.ending, temporal.calls.length]).toEqual(['failed', 5]);
  expect(askedFor(run)).toEqual({ deliverDueMail: '300 600 20, 2 2 - 5 times' });
});
