import { EXPORT_KEY } from '../../export-key';
import { closingCalls, commitCall } from './access';
import { committed, type Call } from './call';
import { PROVISION_CALLS } from './provision';

const KIND = 'deprovision' as const;

/** A removal that exports the tenant before. */
export const EXPORTED = { reason: 'customer_request', graceDays: 0, exportTo: EXPORT_KEY.recipient };

/** Of the requests that close a tenant, one at a region's provider and one at a global one: the suspension meets faults at all of them. */
const CLOSING = ['close the bucket', 'close the organization', 'open the organization again', 'open the bucket again'];

/** The undo of a provisioning does the same things as the removal, with the exception of its last statement. */
const REMOVING: readonly Call[] = PROVISION_CALLS.filter(({ undo, name }) => undo && name !== 'conclude').map(
  (call) => ({
    ...call,
    kind: KIND,
    step: 'remove' as const,
    of: call.step,
    undo: false,
    afterPivot: true,
  }),
);

const EXPORTING: readonly Call[] = [
  exports('begin the archive', inVault('POST', '.*[?&]uploads')),
  exports('write the archive', inVault('PUT', '.*partNumber=')),
  exports('complete the archive', inVault('POST', '.*uploadId=')),
  exports('record the archive', ({ tenantId }) => ({
    at: 'registry',
    sends: new RegExp(`update tenant_export set volumes[^]*${tenantId}`),
  })),
];

/** Every call of a removal that is not also one of a suspension, and some of those. */
export const DEPROVISION_CALLS: readonly Call[] = [
  ...closing(({ undo, name, step }) => !undo && (CLOSING.includes(name) || step === 'verify')),
  ...EXPORTING,
  moves('enter the grace period', 'grace', 'grace'),
  moves('begin the removal', 'legal-hold', 'removing'),
  ...REMOVING,
  {
    name: 'keep the proof',
    kind: KIND,
    step: 'prove',
    undo: false,
    plan: 'starter',
    afterPivot: true,
    sight: ({ tenantId }) => ({
      at: 'registry',
      sends: new RegExp(`insert into evidence[^]*${tenantId}[^]*removal\\.`),
    }),
  },
  { ...commitCall(KIND), name: 'certify the removal', afterPivot: true },
  ...closing(({ undo, name }) => undo && (CLOSING.includes(name) || name === 'conclude')),
];

function closing(which: (call: Call) => boolean): Call[] {
  // A tenant that is suspended is closed already.
  return closingCalls(KIND)
    .filter(which)
    .map((call): Call => ({ ...call, from: ['active'] }));
}

function exports(name: string, sight: Call['sight']): Call {
  return { name, kind: KIND, step: 'export', undo: false, plan: 'starter', patient: true, body: EXPORTED, sight };
}

/** A request for an object of the tenant's export. The proxy does not know whose such requests are. */
function inVault(method: string, rest: string): Call['sight'] {
  return ({ tenantId }) => ({ at: 's3', method, path: new RegExp(`/export/${tenantId}/${rest}`) });
}

/** The commit of the operation's move to a status; its entry in the audit trail names the tenant. */
function moves(name: string, step: Call['step'], status: string): Call {
  const sight = committed(({ tenantId }) => `insert into audit_entry[^]*${tenantId}[^]*operation\\.${status}`);
  return { name, kind: KIND, step, undo: false, plan: 'starter', sight };
}
