import { dashName } from '../../../../contract/ids';
import type { OperationKind } from '../../../../contract/operations/kinds';
import type { Step } from '../../../../contract/operations/steps';
import type { TenantState } from '../../../../contract/tenants/states';
import type { Ordered } from '../../../helpers/product';
import type { Fault } from '../../../helpers/providers/fault-proxy';
import type { ConnectionChange } from '../../company';
import type { Lines } from '../../proxies/lines';

/** How to recognise one request of the product on a line, for one tenant. */
export type Sight =
  | ({ at: 's3' | 's3Admin' | 'keycloak' | 'stripe' } & Pick<Fault, 'method' | 'path' | 'body' | 'tenantId' | 'when'>)
  | { at: 'postgres' | 'registry' | 'mail'; sends: RegExp; then?: RegExp };

/** The operation whose request is to be recognised. */
export type Aim = Ordered & { sso?: ConnectionChange };

/** The plans of the tenants in the matrix. */
export type Plan = 'starter' | 'professional';

/** A request that changes something (in steps that only look, the request that decides), and its place in the saga. */
export interface Call {
  name: string;
  kind: OperationKind;
  step: Step;
  undo: boolean;
  plan: Plan;
  /** The step of the provisioning whose resource it removes. */
  of?: Step;
  /** Completes an earlier call's resource: when it fails, the resource is half made. */
  completes?: true;
  /** A failure only delays the run, which is past its pivot. */
  afterPivot?: true;
  /** Its client waits for an answer longer than a scenario does. */
  patient?: true;
  /** A refusal that lasts is taken for a change that is still spreading, and waited out like an outage, for longer than a scenario lasts. */
  ambiguous?: true;
  /** The states of a tenant in which the call is made, if not in all from which the operation may begin. */
  from?: readonly TenantState[];
  /** What the change has to be asked for with, if not as usual. */
  body?: object;
  /** Made only on a tenant that no operation of the kind has changed before. */
  fresh?: true;
  sight(run: Aim): Sight;
}

type HttpLine = Extract<Sight, { path: RegExp }>['at'];

/** A request over HTTP whose path, which may contain the tenant's name, matches. `body` distinguishes requests with the same path. */
export function http(at: HttpLine, method: string, path: (name: string) => string, body?: RegExp): Call['sight'] {
  return ({ tenantId }) => ({
    at,
    method,
    path: new RegExp(path(dashName(tenantId))),
    tenantId,
    ...(body === undefined ? {} : { body }),
  });
}

/** A statement that contains this text and, behind it, the tenant's id. */
export function sql(at: 'postgres' | 'registry', text: string): Call['sight'] {
  return ({ tenantId }) => ({ at, sends: new RegExp(`${text}[^]*${tenantId}`) });
}

/** The commit of a transaction of several messages, one of which matches. */
export function committed(sends: (run: Aim) => string): Call['sight'] {
  return (run) => ({ at: 'registry', sends: new RegExp(sends(run)), then: /commit/ });
}

/** Whether a call uses HTTP; the other lines have no status codes. */
export function isHttp(call: Call): boolean {
  return 'path' in call.sight(SAMPLE);
}

/** The line that a call takes. */
export function lineOf(call: Call): keyof Lines {
  return call.sight(SAMPLE).at;
}

const SAMPLE = {
  operationId: 'op_x',
  tenantId: 'a'.repeat(16),
  order: { adminUser: { email: 'x' } } as Ordered['order'],
};
