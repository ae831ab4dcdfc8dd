/** The control arm's work at the providers. Each function may throw, and none records anything before it acts. */
export interface ControlSteps {
  /** The steps after the reservation, in order; each returns the resources it made. */
  readonly provision: readonly { name: string; run: (tenantId: string) => Promise<Made[]> }[];
  isRecoverable(error: unknown): boolean;
}

/** A resource that was made, and its removal. */
export interface Made {
  kind: string;
  remove: () => Promise<void>;
}

/** Events that the orchestrator reports; none of its state survives the process. */
export interface ControlEvents {
  status(tenantId: string, status: 'provisioning' | 'active' | 'failed' | 'needs_operator'): void;
  holds(tenantId: string, kinds: string[]): void;
}

interface Context {
  reservation: string | undefined;
  createdResources: Made[];
  failedStep: ControlSteps['provision'][number] | undefined;
}

/**
 * The orchestrator this project started from, as it was written: one method that runs the steps, all state in a variable, three retries
 * whose success does not resume the run, and a rollback that stops at its first error. Its purpose is to fail.
 */
export class TenantProvisioningOrchestrator {
  readonly #reservations = new Set<string>();

  constructor(
    private readonly steps: ControlSteps,
    private readonly events: ControlEvents,
  ) {}

  async provisionTenant(tenantId: string): Promise<void> {
    const context: Context = { reservation: undefined, createdResources: [], failedStep: undefined };
    this.events.status(tenantId, 'provisioning');
    try {
      this.#validateProvisioningRequest(tenantId);
      context.reservation = this.#reserveResources(tenantId);
      for (const step of this.steps.provision) {
        context.failedStep = step;
        context.createdResources.push(...(await step.run(tenantId)));
        this.#report(tenantId, context);
      }
      this.events.status(tenantId, 'active');
    } catch (error) {
      await this.#handleProvisioningError(tenantId, error, context);
      throw error;
    }
  }

  #validateProvisioningRequest(tenantId: string): void {
    if (this.#reservations.has(tenantId)) throw new Error(`Tenant name ${tenantId} already exists`);
  }

  #reserveResources(tenantId: string): string {
    this.#reservations.add(tenantId);
    return tenantId;
  }

  async #handleProvisioningError(tenantId: string, error: unknown, context: Context): Promise<void> {
    if (this.steps.isRecoverable(error)) await this.#attemptRecovery(tenantId, context);
    else await this.#rollbackProvisioning(tenantId, context);
  }

  async #attemptRecovery(tenantId: string, context: Context): Promise<void> {
    const maxRetries = 3;
    for (let attempt = 0; attempt < maxRetries; attempt++) {
      const { success } = await this.#retryFailedStep(tenantId, context);
      if (success) return;
    }
  }

  async #retryFailedStep(tenantId: string, { failedStep }: Context): Promise<{ success: boolean }> {
    try {
      await failedStep?.run(tenantId);
      return { success: true };
    } catch {
      return { success: false };
    }
  }

  async #rollbackProvisioning(tenantId: string, context: Context): Promise<void> {
    try {
      // In this order, and nothing after the first error, as in the original.
      if (context.reservation !== undefined) this.#reservations.delete(context.reservation);
      for (const made of context.createdResources) await made.remove();
      context.createdResources = [];
      this.#report(tenantId, context);
      this.events.status(tenantId, 'failed');
    } catch {
      this.events.status(tenantId, 'needs_operator');
    }
  }

  #report(tenantId: string, { createdResources }: Context): void {
    this.events.holds(
      tenantId,
      createdResources.map(({ kind }) => kind),
    );
  }
}
