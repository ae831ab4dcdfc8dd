import { newOperationId } from '../../../contract/ids';
import { KINDS, stepsOf } from '../../../contract/operations/kinds';
import {
  CANCEL_UPDATE,
  LEGAL_HOLD_SIGNAL,
  operationWorkflowId,
  type DeprovisionInput,
} from '../../../contract/operations/messages';
import type { Step } from '../../../contract/operations/steps';
import { regionTaskQueue, TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { permanent, provisionInput, REGION } from '../../helpers/temporal/journal';
import { payloadsOf } from '../../simulation/world/messages';
import type { Run } from '../../simulation/world/temporal/run';
import { VirtualTemporal } from '../provision/virtual-temporal';

const DAY = 86_400_000;
const LEFTOVER = { kind: 'bucket', provider: 'versity', region: REGION, id: 't-x', lastError: 'refused' };
const CHANGES: Step[] = ['database', 'storage-and-compute', 'security', 'identity', 'integrations'];

let temporal: VirtualTemporal;
beforeEach(async () => {
  temporal = await VirtualTemporal.create();
  temporal.activities.announceRemoval = ({ graceSeconds }) =>
    Promise.resolve({ removalAt: new Date(temporal.clock.now + graceSeconds * 1000).toISOString() });
}, 120_000);
afterEach(() => temporal.dispose());

function begin(changes: Partial<DeprovisionInput> = {}): Run {
  const operationId = newOperationId();
  const { tenantId, plan, retry, compensationSeconds } = provisionInput(operationId);
  const common = { operationId, tenantId, plan, retry, compensationSeconds, region: REGION };
  const input: DeprovisionInput = { ...common, access: 'closed', graceSeconds: 30 * 86_400, export: false, ...changes };
  return temporal.beginOther(KINDS.deprovision.workflow, operationWorkflowId(operationId), input);
}

const called = (type: string) => temporal.calls.filter((call) => call.type === type);
const undone = (): Step[] => called('compensateStep').map(({ input }) => input['step'] as Step);
const released = (): Step[] => called('releaseTenantStep').map(({ input }) => input['of'] as Step);
const seen = (entry: string) => temporal.until(() => temporal.journal.includes(entry), entry);

async function ended(run: Run): Promise<string> {
  const { ending, why } = await temporal.end(run);
  return why === '' ? ending! : `${ending}: ${why}`;
}

/** Resolves with what the run answered: `accepted`, or why it refused. */
async function update(run: Run, name: string, request: object): Promise<string> {
  let answer: string | undefined;
  run.update(name, payloadsOf([request])).then(
    () => (answer = 'accepted'),
    (error: unknown) => (answer = String(error)),
  );
  await temporal.until(() => answer !== undefined, `an answer to ${name}`);
  return answer!;
}

const cancel = (run: Run) => update(run, CANCEL_UPDATE, { requestedBy: 'token:offboarding' });

test('a tenant is closed at once, removed after the grace period, proved and certified', async () => {
  const begun = temporal.clock.now;
  const run = begin();
  await seen('status grace');
  expect(
    called('changeAccess')
      .map(({ input }) => input['step'] as Step)
      .sort(),
  ).toEqual([...CHANGES].sort());
  expect(called('changeAccess').every(({ input }) => input['access'] === 'closed')).toBe(true);
  expect(temporal.journal).toContain('tenant told: leaving');
  expect(released()).toEqual([]);
  expect(await ended(run)).toBe('completed');
  expect(temporal.clock.now - begun).toBeGreaterThanOrEqual(30 * DAY);
  expect(released()[0]).toBe('integrations');
  expect(released().slice(1, 7).sort()).toEqual(
    ['configuration', 'database', 'identity', 'remove', 'security', 'storage-and-compute'].sort(),
  );
  expect(released().indexOf('security')).toBeLessThan(released().indexOf('database'));
  expect(released().slice(-2)).toEqual(['remove', 'reserve']);
  expect(temporal.journal.slice(-2)).toEqual(['proved', 'certified']);
  const [certified] = called('certifyRemoval');
  const states = certified!.input['steps'] as { id: Step; state: string }[];
  expect(states).toEqual(stepsOf('deprovision').map((id) => ({ id, state: id === 'export' ? 'skipped' : 'done' })));
});

test('what is in a region is removed by its worker, and what is global by any', async () => {
  await ended(begin({ graceSeconds: 0 }));
  const queues = Object.fromEntries(
    called('releaseTenantStep').map(({ input, taskQueue }) => [input['of'] as Step, taskQueue]),
  );
  const regional = regionTaskQueue(REGION);
  expect(queues).toEqual({
    integrations: TASK_QUEUE,
    identity: TASK_QUEUE,
    configuration: TASK_QUEUE,
    security: regional,
    database: regional,
    'storage-and-compute': regional,
    remove: regional,
    reserve: regional,
  });
});

test('called off during the grace period, everything is opened again and the admin is told', async () => {
  const run = begin({ export: true });
  await seen('status grace');
  expect(await cancel(run)).toBe('accepted');
  expect(await ended(run)).toContain('Cancelled');
  expect(undone().sort()).toEqual([...CHANGES, 'export'].sort());
  expect(temporal.journal).toContain('-archive');
  expect(temporal.journal).toContain('status cancelled');
  expect(temporal.journal.at(-1)).toBe('tenant told: called-off');
  expect(released()).toEqual([]);
});

test('a tenant that cannot be closed is as it was, and its admin hears nothing', async () => {
  temporal.activities.changeAccess = ({ step }) =>
    step === 'database' ? Promise.reject(permanent()) : Promise.resolve();
  expect(await ended(begin())).toContain('ProviderRefused: database');
  expect(undone().sort()).toEqual([...CHANGES].sort());
  expect(temporal.journal.filter((entry) => entry.startsWith('tenant told'))).toEqual([]);
});

test('a legal hold keeps the tenant until it is lifted, and the removal can be called off meanwhile', async () => {
  temporal.activities.findRemovalObstacle = () => Promise.resolve({ obstacle: 'legal-hold' });
  const run = begin({ graceSeconds: 0 });
  await temporal.until(() => called('findRemovalObstacle').length === 3, 'the run to ask every day');
  expect(called('beginRemoval')).toEqual([]);
  expect(await cancel(run)).toBe('accepted');
  expect(await ended(run)).toContain('Cancelled');
  expect(released()).toEqual([]);
});

test('the removal goes on as soon as the run hears that the hold was lifted', async () => {
  let held = true;
  temporal.activities.findRemovalObstacle = () => Promise.resolve(held ? { obstacle: 'legal-hold' } : {});
  const run = begin({ graceSeconds: 0 });
  await temporal.until(() => called('findRemovalObstacle').length === 1, 'the run to ask');
  const asked = temporal.clock.now;
  held = false;
  run.signal(LEGAL_HOLD_SIGNAL, []);
  await seen('proved');
  expect(temporal.clock.now - asked).toBeLessThan(60_000);
  expect(await ended(run)).toBe('completed');
});

test('a hold that is placed at the last moment is noticed by the pivot itself', async () => {
  let early = 1;
  temporal.activities.beginRemoval = () => Promise.resolve({ answer: early-- > 0 ? 'too-early' : 'committed' });
  expect(await ended(begin({ graceSeconds: 0 }))).toBe('completed');
  expect(called('beginRemoval')).toHaveLength(2);
  expect(called('findRemovalObstacle')).toHaveLength(2);
});

describe('with leftovers', () => {
  let left: (typeof LEFTOVER)[];
  beforeEach(() => {
    left = [LEFTOVER];
    temporal.activities.concludeRemoval = () => {
      const status = left.length > 0 ? 'needs_operator' : 'removing';
      temporal.journal.push(`status ${status}`);
      return Promise.resolve({ status, leftovers: left });
    };
  });

  test('an operator is asked, and a retry removes again; the keys go only when nothing else is left', async () => {
    const run = begin({ graceSeconds: 0 });
    await seen('operators told');
    expect(released()).not.toContain('reserve');
    expect(called('proveRemoval')).toEqual([]);
    expect(await cancel(run)).toContain('WorkflowUpdateFailedError');
    left = [];
    expect(await update(run, 'retry', {})).toBe('accepted');
    expect(await ended(run)).toBe('completed');
    expect(released().filter((step) => step === 'database')).toHaveLength(2);
    expect(released().filter((step) => step === 'reserve')).toHaveLength(1);
    expect(undone()).toEqual([]);
  });

  test('an operator who takes them over lets the removal go on without another attempt', async () => {
    const run = begin({ graceSeconds: 0 });
    await seen('operators told');
    left = [];
    expect(await update(run, 'accept', { resolutionId: crypto.randomUUID() })).toBe('accepted');
    expect(await ended(run)).toBe('completed');
    expect(released().filter((step) => step === 'database')).toHaveLength(1);
    expect(temporal.journal.at(-1)).toBe('certified');
  });

  test('what a provider shows again when it is asked for the proof is a leftover, too', async () => {
    left = [];
    let proofs = 0;
    temporal.activities.proveRemoval = () => {
      if (++proofs > 1) return Promise.resolve({ left: 0 });
      left = [LEFTOVER];
      return Promise.resolve({ left: 1 });
    };
    const run = begin({ graceSeconds: 0 });
    await seen('operators told');
    expect(called('certifyRemoval')).toEqual([]);
    left = [];
    expect(await update(run, 'retry', {})).toBe('accepted');
    expect(await ended(run)).toBe('completed');
    // Twice, each time in the region and for what is in none.
    expect(proofs).toBe(4);
  });
});

describe('while a provider does not answer when it is asked for the proof', () => {
  let answer: () => void;
  beforeEach(() => {
    const silent = new Promise<void>((resolve) => (answer = resolve));
    temporal.activities.proveRemoval = ({ region }) =>
      region === 'global' ? Promise.resolve({ left: 0 }) : silent.then(() => ({ left: 0 }));
    temporal.activities.concludeProof = ({ failure }) => {
      temporal.journal.push(failure ? `silent: ${failure.type} at ${failure.step}` : 'all answered');
      return Promise.resolve(
        failure ? { status: 'needs_operator', leftovers: [LEFTOVER] } : { status: 'removing', leftovers: [] },
      );
    };
  });
  // An activity that is still asked keeps the process from ending.
  afterEach(() => answer());
  const told = () => temporal.journal.filter((entry) => entry === 'operators told');
  const silence = async () => {
    const run = begin({ graceSeconds: 0 });
    const begun = temporal.clock.now;
    await seen('operators told');
    expect(temporal.clock.now - begun).toBeGreaterThanOrEqual(900_000);
    expect(temporal.journal).toContain('silent: ProviderUnavailable at prove');
    return run;
  };

  test('operators are told once, and the run goes on as soon as it answers', async () => {
    const run = await silence();
    answer();
    expect(await ended(run)).toBe('completed');
    expect(told()).toHaveLength(1);
    expect(temporal.journal.slice(-2)).toEqual(['all answered', 'certified']);
  });

  test('an operator’s decision has everything asked again', async () => {
    const run = await silence();
    temporal.activities.proveRemoval = () => Promise.resolve({ left: 0 });
    expect(await update(run, 'accept', { resolutionId: crypto.randomUUID() })).toBe('accepted');
    expect(await ended(run)).toBe('completed');
    expect(released().filter((step) => step === 'database')).toHaveLength(1);
  });
});

describe('when the answers of the providers bear no certificate out', () => {
  let refusals: number;
  beforeEach(() => {
    temporal.activities.certifyRemoval = () => {
      if (refusals-- > 0) return Promise.reject(permanent('VerificationFailed'));
      temporal.journal.push('certified');
      return Promise.resolve({ answer: 'committed' });
    };
  });

  test('they are asked again', async () => {
    refusals = 1;
    expect(await ended(begin({ graceSeconds: 0 }))).toBe('completed');
    // Each time in the region and for what is in none.
    expect(called('proveRemoval')).toHaveLength(4);
    expect(temporal.journal).not.toContain('operators told');
  });

  test('twice, the run waits for an operator and asks again on a retry', async () => {
    refusals = 2;
    const run = begin({ graceSeconds: 0 });
    await seen('operators told');
    expect(called('proveRemoval')).toHaveLength(4);
    expect(await update(run, 'retry', {})).toBe('accepted');
    expect(await ended(run)).toBe('completed');
    expect(called('proveRemoval')).toHaveLength(6);
  });
});

test('the keys are kept until the mail about the export is delivered, and operators are told if it is given up', async () => {
  let deliver!: (answer: { problem?: string }) => void;
  temporal.activities.awaitExportMail = () => new Promise((resolve) => (deliver = resolve));
  const run = begin({ graceSeconds: 0, export: true });
  await temporal.until(() => called('awaitExportMail').length === 1, 'the run to wait for the mail');
  expect(released()).toContain('storage-and-compute');
  expect(released()).not.toContain('reserve');
  deliver({ problem: 'There is no such mailbox.' });
  expect(await ended(run)).toBe('completed');
  expect(released()).toContain('reserve');
  expect(temporal.journal).toContain('operators told');
});

test('a provider that fails does not keep the others from being removed', async () => {
  temporal.activities.releaseTenantStep = ({ of }) =>
    of === 'integrations' ? Promise.reject(permanent()) : Promise.resolve();
  expect(await ended(begin({ graceSeconds: 0 }))).toBe('completed');
  expect(new Set(released())).toEqual(new Set(['integrations', ...CHANGES, 'configuration', 'remove', 'reserve']));
});

test('a run that takes over before the pivot opens everything; one after it finishes the removal', async () => {
  expect(await ended(begin({ resume: { as: 'compensate', region: REGION } }))).toContain('RunLost');
  expect(undone().sort()).toEqual([...CHANGES, 'export'].sort());
  expect(released()).toEqual([]);
  expect(await ended(begin({ resume: { as: 'hand-over', region: REGION } }))).toBe('completed');
  expect(called('changeAccess')).toEqual([]);
  expect(called('beginRemoval')).toEqual([]);
  expect(released()).toContain('reserve');
  expect(temporal.journal.at(-1)).toBe('certified');
});

describe('a run that goes on where another has waited', () => {
  const goOn = (changes: Partial<DeprovisionInput> = {}) =>
    begin({ resume: { as: 'go-on', region: REGION, skipped: ['export'] }, ...changes });

  test('begins with the pivot', async () => {
    expect(await ended(goOn())).toBe('completed');
    expect([...called('changeAccess'), ...called('announceRemoval')]).toEqual([]);
    expect(called('findRemovalObstacle')).toHaveLength(1);
    const [pivot] = called('beginRemoval');
    expect((pivot!.input['steps'] as { id: Step; state: string }[]).find(({ id }) => id === 'export')?.state).toBe(
      'skipped',
    );
    expect(released()).toContain('reserve');
  });

  test('can be called off while a legal hold stands, and then everything is opened again', async () => {
    temporal.activities.findRemovalObstacle = () => Promise.resolve({ obstacle: 'legal-hold' });
    const run = goOn({ export: true, resume: { as: 'go-on', region: REGION } });
    await temporal.until(() => called('findRemovalObstacle').length === 1, 'the run to ask');
    expect(await cancel(run)).toBe('accepted');
    expect(await ended(run)).toContain('Cancelled');
    expect(undone().sort()).toEqual([...CHANGES, 'export'].sort());
    expect(temporal.journal.at(-1)).toBe('tenant told: called-off');
    expect(released()).toEqual([]);
  });
});

test.each([{ access: 'open' }, { graceSeconds: -1 }, { export: 'yes' }])(
  'an input with %j is refused',
  async (changes) => {
    expect(await ended(begin(changes as Partial<DeprovisionInput>))).toContain('MalformedMessage');
    expect(temporal.calls).toEqual([]);
  },
);
