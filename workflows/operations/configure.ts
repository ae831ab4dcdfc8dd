import type { OperationKind } from '../../contract/operations/kinds';
import type { OperationInput } from '../../contract/operations/messages';
import type { Step } from '../../contract/operations/steps';
import { exportHead } from '../maintenance/export-audit-heads';
import { carryOut, type Story } from './carry-out';
import { checkedChange } from './checked-input';
import { certainActivities, forwardActivities, recordActivities } from './proxies';
import { Run } from './run';
import { runStepsTogether } from './run-steps-together';

type Forward = ReturnType<typeof forwardActivities>;

/** A change of one of a tenant's resources: the step that makes it, how it is made and verified, and what is tidied up whatever comes of it. */
export interface Configuring {
  kind: OperationKind;
  step: Step;
  apply(activities: Forward): Promise<void>;
  verify(activities: Forward): Promise<void>;
  tidy?: NonNullable<Story['afterwards']>;
}

/** Changes a resource: at the end the tenant has it as the operation was asked, or as it was before. */
export async function configure(input: OperationInput, configuring: Configuring): Promise<{ tenantId: string }> {
  const { kind, step, apply, verify, tidy } = configuring;
  const run = new Run(kind, checkedChange(input));
  const { operationId, tenantId } = run.input;
  await carryOut(run, {
    forward: async () => {
      run.enter('running');
      await recordActivities().recordProgress({ operationId, status: 'running' });
      await runStepsTogether(run, { [step]: () => apply(forwardActivities(run, step)) });
      await runStepsTogether(run, { verify: () => verify(forwardActivities(run, 'verify')) });
    },
    commit: (steps) =>
      certainActivities('Finalize: the pivot').completeOperation({ operationId, step: 'finalize', steps }),
    ...(tidy ? { afterwards: tidy, undone: tidy } : {}),
  });
  await exportHead(run);
  return { tenantId };
}
