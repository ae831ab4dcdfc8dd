import { TenantProvisioningOrchestrator } from './orchestrator';
import { controlSteps } from './steps';

/** A process of its own, so that it can be killed: orders come as messages, and what it says of them goes back as messages. */
const orchestrator = new TenantProvisioningOrchestrator(controlSteps(process.env), {
  status: (tenantId, status) => process.send?.({ tenantId, status }),
  holds: (tenantId, kinds) => process.send?.({ tenantId, kinds }),
});

process.on('message', (tenantId: string) => {
  // A failure was handled, in its way, when it gets here.
  void orchestrator.provisionTenant(tenantId).catch(() => process.send?.({ tenantId, over: true }));
});
process.send?.({ ready: true });
