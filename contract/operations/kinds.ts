import { RESUME, SUSPEND } from './access';
import { CONFIGURE_SSO } from './configure-sso';
import { CONNECT_DOMAIN } from './connect-domain';
import { DEPROVISION } from './deprovision';
import type { KindRule, StepRule } from './kind-rule';
import { PROVISION } from './provision';
import { RECONCILE } from './reconcile';
import type { TenantState } from '../tenants/states';
import { CLEAN_STATUSES, SUCCESS_STATUSES, type OperationStatus, type Verb } from './states';
import type { Step } from './steps';

/** Every kind of operation. */
export const KINDS = {
  provision: PROVISION,
  suspend: SUSPEND,
  resume: RESUME,
  deprovision: DEPROVISION,
  'configure-sso': CONFIGURE_SSO,
  'connect-domain': CONNECT_DOMAIN,
  reconcile: RECONCILE,
} satisfies Record<string, KindRule>;

/** One of {@link KINDS}. */
export type OperationKind = keyof typeof KINDS;

/** The names of {@link KINDS}. */
export const OPERATION_KINDS = Object.keys(KINDS) as OperationKind[];

/** The rules of a kind, in their general form. */
export function rulesOf(kind: OperationKind): KindRule {
  return KINDS[kind];
}

/** The steps of a kind in order. */
export function stepsOf(kind: OperationKind): Step[] {
  return Object.keys(KINDS[kind].steps) as Step[];
}

/** A step of a kind. Throws if the kind has no such step. */
export function stepRule(kind: OperationKind, step: Step): StepRule {
  const rule = rulesOf(kind).steps[step];
  if (!rule) throw new Error(`An operation of kind ${kind} has no step ${step}.`);
  return rule;
}

/** A tenant's state, and the one it goes back to if its open operation ends without success; null while it keeps its state. */
export interface StateBefore {
  state: TenantState;
  returnsTo: TenantState | null;
}

/** The tenant's state once an operation of this kind has come to this status; the one it had before, unless the operation has ended. */
export function tenantStateAfter(
  kind: OperationKind,
  status: OperationStatus,
  { state, returnsTo }: StateBefore,
): TenantState {
  const { from, to } = rulesOf(kind);
  if (SUCCESS_STATUSES.includes(status)) return to ?? state;
  if (!CLEAN_STATUSES.includes(status)) return state;
  // A tenant that could not be made is not there; one that could not be changed is as it was.
  return from.length === 0 ? 'gone' : (returnsTo ?? state);
}

/** The operations that may begin on a tenant in this state, if no other is open. */
export function changesFrom(state: TenantState): OperationKind[] {
  return OPERATION_KINDS.filter((kind) => rulesOf(kind).from.includes(state));
}

/** Verbs that are possible in a status. */
export function verbsIn(kind: OperationKind, status: OperationStatus): readonly Verb[] {
  return rulesOf(kind).states[status]?.verbs ?? [];
}

/** Whether a verb is possible in a status. */
export function mayDo(kind: OperationKind, status: OperationStatus, verb: Verb): boolean {
  return verbsIn(kind, status).includes(verb);
}

/** Every status from which the kind's table has a direct move to `to`. The registry's compare-and-set accepts exactly these. */
export function statusesBefore(kind: OperationKind, to: OperationStatus): OperationStatus[] {
  const { states } = rulesOf(kind);
  return (Object.keys(states) as OperationStatus[]).filter((from) => states[from]!.to.includes(to));
}
