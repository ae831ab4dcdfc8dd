import { TenantProvisioningOrchestrator } from './orchestrator';
import { controlSteps } from './steps';

/** A separate process, so that it can be killed: it receives orders as messages, and reports on them as messages. */
const orchestrator = new TenantProvisioningOrchestrator(controlSteps(process.env), {
  status: (tenantId, status) => process.send?.({ tenantId, status }),
  holds: (tenantId, kinds) => process.send?.({ tenantId, kinds }),
});

process.on('message', (tenantId: string) => {
  // A rejection here means that the orchestrator has handled the failure, in its way.
  void orchestrator.provisionTenant(tenantId).catch(() => process.send?.({ tenantId, over: true }));
});
process.send?.({ ready: true });
