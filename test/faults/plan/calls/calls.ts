import type { OperationKind } from '../../../../contract/operations/kinds';
import { closingCalls, commitCall, openingCalls } from './access';
import type { Call } from './call';
import { CONFIGURE_SSO_CALLS } from './configure-sso';
import { DEPROVISION_CALLS } from './deprovision';
import { PROVISION_CALLS } from './provision';
import { RECONCILE_CALLS } from './reconcile';

/** Every call of every step of each kind of operation, and of every compensation. */
const CALLS: Record<OperationKind, readonly Call[]> = {
  provision: PROVISION_CALLS,
  suspend: withCommit(closingCalls('suspend'), 'suspend'),
  resume: withCommit(openingCalls('resume'), 'resume'),
  deprovision: DEPROVISION_CALLS,
  'configure-sso': CONFIGURE_SSO_CALLS,
  // Not in the matrix: it changes one resource, through the same effect as the others.
  'connect-domain': [],
  reconcile: RECONCILE_CALLS,
};

/** The kinds of operations that close a tenant or open it. */
export const ACCESS_CHANGES = ['suspend', 'resume', 'deprovision'] as const satisfies readonly OperationKind[];

/** The kinds of operations that change a tenant and leave it in its state. */
export const OTHER_CHANGES = ['configure-sso', 'reconcile'] as const satisfies readonly OperationKind[];

/** The kinds of operations that change a tenant. */
export const CHANGES = [...ACCESS_CHANGES, ...OTHER_CHANGES] as const;

/** One of {@link ACCESS_CHANGES}. */
export type AccessChange = (typeof ACCESS_CHANGES)[number];

/** One of {@link CHANGES}. */
export type ChangeKind = (typeof CHANGES)[number];

/** Every call of an operation of this kind. */
export function callsOf(kind: OperationKind): readonly Call[] {
  return CALLS[kind];
}

/** The call of this name. Throws if there is none. */
export function callNamed(kind: OperationKind, name: string): Call {
  const call = callsOf(kind).find((each) => each.name === name);
  if (!call) throw new Error(`An operation of kind ${kind} has no call “${name}”.`);
  return call;
}

/** A call of step `verify`, before the pivot: when it is refused for good, everything that the run has done is undone. */
export function lateCall(kind: OperationKind): Call {
  return callsOf(kind).find(({ step, undo }) => step === 'verify' && !undo)!;
}

function withCommit(calls: Call[], kind: OperationKind): Call[] {
  const first = calls.findIndex(({ undo }) => undo);
  return calls.toSpliced(first, 0, commitCall(kind));
}
