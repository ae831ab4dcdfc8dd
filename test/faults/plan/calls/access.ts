import { underscoreName } from '../../../../contract/ids';
import type { OperationKind } from '../../../../contract/operations/kinds';
import type { Step } from '../../../../contract/operations/steps';
import { committed, http, type Call, type Plan } from './call';

/** A resource whose access changes: the request that closes it, and the one that opens it. */
interface Door {
  step: Step;
  name: string;
  plan?: Plan;
  close: Call['sight'];
  open: Call['sight'];
  /** The request that leaves it to be read, if that is not the one that closes it; null if there is none. */
  leave?: Call['sight'] | null;
}

const login = (ending: string): Pick<Door, 'close' | 'open'> => {
  const alters =
    (how: string): Call['sight'] =>
    ({ tenantId }) => ({
      at: 'postgres',
      sends: new RegExp(`alter role "${underscoreName(tenantId)}_${ending}" ${how}`),
    });
  return { close: alters('nologin'), open: alters('login') };
};

const keycloak = (path: string): Pick<Door, 'close' | 'open'> => {
  const enables = (enabled: boolean): Call['sight'] =>
    http('keycloak', 'PUT', () => path, new RegExp(`"enabled":${String(enabled)}`));
  return { close: enables(false), open: enables(true) };
};

const share = (access: string): Call['sight'] => {
  return ({ tenantId }) => ({
    at: 'postgres',
    sends: new RegExp(`update app\\.tenant set access = '${access}' where tenant_id = '${tenantId}'`),
  });
};

const placement = (access: string): Call['sight'] => {
  return ({ tenantId }) => ({
    at: 'registry',
    sends: new RegExp(`update pool_placement set access[^]*${tenantId}[^]*${access}`),
  });
};

const policy = (body: RegExp): Call['sight'] => http('s3', 'PUT', (name) => `^/${name}/?\\?.*policy`, body);

const billing = (body: RegExp): Call['sight'] => http('stripe', 'POST', () => '^/v1/subscriptions/sub_', body);

const DOORS: readonly Door[] = [
  { step: 'database', name: 'the share', close: share('closed'), open: share('open'), leave: share('read-only') },
  {
    step: 'storage-and-compute',
    name: 'the bucket',
    close: policy(/TenantClosed/),
    open: policy(/^(?![^]*TenantClosed)/),
    leave: policy(/TenantReadsOnly/),
  },
  {
    step: 'storage-and-compute',
    name: 'the placement',
    close: placement('closed'),
    open: placement('open'),
    leave: placement('read-only'),
  },
  { step: 'security', name: 'the login', plan: 'professional', ...login('app') },
  { step: 'security', name: 'the read-only login', plan: 'professional', ...login('readonly'), leave: null },
  { step: 'identity', name: 'the organization', ...keycloak('/organizations/[^/]+/?$'), leave: null },
  { step: 'identity', name: 'the admin’s account', ...keycloak('/realms/[^/]+/users/[^/]+$'), leave: null },
  {
    step: 'integrations',
    name: 'the subscription',
    close: billing(/pausedOver(\]|%5D)=(?!&|$)/),
    open: billing(/pausedOver(\]|%5D)=(&|$)/),
  },
];

/** Every call that closes a tenant for an operation of this kind, and every one of the undo. */
export function closingCalls(kind: OperationKind): Call[] {
  return [...through(kind, 'close'), endSessions(kind), tryLogin(kind), ...undone(kind, 'open')];
}

/** Every call that leaves a tenant to be read. */
export function readOnlyCalls(): Call[] {
  return DOORS.flatMap(({ step, name, plan = 'starter', close, leave = close }) =>
    leave === null
      ? []
      : [{ name: `leave ${name} to be read`, kind: 'suspend', step, undo: false, plan, sight: leave }],
  );
}

/** Every call that opens a tenant for an operation of this kind, and every one of the undo. */
export function openingCalls(kind: OperationKind): Call[] {
  const write = http('s3', 'PUT', (name) => `^/${name}/provisioning-check`);
  return [
    ...through(kind, 'open'),
    tryLogin(kind),
    { name: 'write as the tenant', kind, step: 'verify', undo: false, plan: 'starter', ambiguous: true, sight: write },
    ...undone(kind, 'close'),
  ];
}

/** The end of a suspension and of a resumption. */
export function commitCall(kind: OperationKind): Call {
  const sight = committed(({ tenantId }) => `update tenant set state[^]*${tenantId}`);
  return { name: `commit the ${kind}`, kind, step: 'finalize', undo: false, plan: 'starter', sight };
}

function through(kind: OperationKind, which: 'close' | 'open'): Call[] {
  return DOORS.map(({ step, name, plan = 'starter', ...door }) => {
    return { name: `${which} ${name}`, kind, step, undo: false, plan, sight: door[which] };
  });
}

function undone(kind: OperationKind, which: 'close' | 'open'): Call[] {
  const calls = through(kind, which).map((call): Call => ({ ...call, name: `${call.name} again`, undo: true }));
  return [...calls.reverse(), conclude(kind)];
}

function endSessions(kind: OperationKind): Call {
  const sight = http('keycloak', 'POST', () => '/users/[^/]+/logout$');
  return { name: 'end the admin’s sessions', kind, step: 'identity', undo: false, plan: 'starter', sight };
}

/** Forgives the failed login by which step `verify` tries whether an account is open; the step makes no other change at Keycloak. */
function tryLogin(kind: OperationKind): Call {
  const sight = http('keycloak', 'DELETE', () => '/attack-detection/brute-force/users/');
  return { name: 'try a login', kind, step: 'verify', undo: false, plan: 'starter', sight };
}

function conclude(kind: OperationKind): Call {
  const sight = committed(({ tenantId }) => `insert into audit_entry[^]*${tenantId}[^]*operation\\.failed`);
  return { name: 'conclude', kind, step: 'database', undo: true, plan: 'starter', sight };
}
