import { randomUUID } from 'node:crypto';
import { CancelledFailure } from '@temporalio/common';
import type { Principal } from '../../../api/access/auth';
import type { ApiDependencies } from '../../../api/dependencies';
import { ApiProblem } from '../../../api/http/problems';
import type { Route } from '../../../api/http/route';
import { approvalRoutes } from '../../../api/routes/operations/approvals';
import { cancellationRoutes } from '../../../api/routes/operations/cancellations';
import { orderRoutes } from '../../../api/routes/operations/orders';
import { resolutionRoutes } from '../../../api/routes/operations/resolutions';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import type { OperationStatus } from '../../../contract/operations/states';
import type { Action, Plan, PlannedEvent, SENT } from '../plan/plan';
import type { VirtualClock } from './clock';
import { payloadsSent } from './messages';
import type { Run } from './temporal/run';
import type { World } from './world';

/** How often an operator looks at a waiting run, and how many times per run. */
const OPERATOR_MS = 10 * 60_000;
const OPERATOR_TIMES = 6;

/** An action on a run, and the answer to it. */
export interface Answered {
  action: Action;
  at: number;
  /** Accepted, refused with a reason, or neither. */
  answer: 'accepted' | 'refused' | 'unavailable' | 'none' | 'error';
  words: string;
}

/** Surroundings of the people of a run. */
export interface PeopleOptions {
  clock: VirtualClock;
  plan: Plan;
  world: World;
  api: ApiDependencies;
  /** The run of an operation; undefined until Temporal has it. */
  runOf(operationId: string): Run | undefined;
  /** Lets the relay look several times from now on: something may have been lost. */
  lookSoon(): void;
}

/** The customer who orders, the approver, and the operators of a run. They act through the API, or past it as planned. */
export class People {
  readonly answers: Answered[] = [];
  readonly #routes: Map<string, Route>;
  #accepted: { operationId: string; tenantId: string } | undefined;
  #status: OperationStatus = 'pending';
  #statusAt: number;
  #pending = 0;
  #operatorTurns = 0;
  #waiting: { status: OperationStatus; go: () => void }[] = [];

  constructor(readonly options: PeopleOptions) {
    const { api, clock } = options;
    this.#statusAt = clock.now;
    const routes = [...orderRoutes(api), ...approvalRoutes(api), ...cancellationRoutes(api), ...resolutionRoutes(api)];
    this.#routes = new Map(routes.map((route) => [route.operationId, route]));
  }

  /** The accepted order; undefined before the API has answered. */
  get accepted(): { operationId: string; tenantId: string } | undefined {
    return this.#accepted;
  }

  /** True while an operator is going to look at the run. */
  get expected(): boolean {
    return this.#pending > 0;
  }

  /** Orders until it is accepted, as a client program would: with the same key. */
  async order(): Promise<void> {
    const { clock, plan, world, lookSoon } = this.options;
    const request = { body: this.#wanted(), idempotencyKey: `order-${orders}` };
    for (;;) {
      try {
        const answer = await this.#api('orderTenant', SIGNUP, request);
        this.#accepted = answer as { operationId: string; tenantId: string };
        world.tell(`the order of plan ${plan.plan} is accepted`);
        lookSoon();
        return;
      } catch (error) {
        if (error instanceof ApiProblem && error.type !== 'registry-unavailable') throw error;
        await clock.sleep(2_000);
      }
    }
  }

  /** Runs the action at its time, but not before the run has the status the plan requires. */
  schedule(event: Extract<PlannedEvent, { event: 'action' }>): void {
    const { clock, world } = this.options;
    clock.after(event.at * 1000, () => {
      const go = (): void => {
        if (!this.#accepted) return void clock.after(1_000, go);
        world.fired.add(event);
        void this.#do(event.action);
      };
      if (event.when === undefined || event.when === this.#status) go();
      else this.#waiting.push({ status: event.when, go });
    });
  }

  /** The operation has reached this status. */
  enter(status: OperationStatus): void {
    const { clock, world } = this.options;
    if (status !== this.#status) world.tell(`the operation is ${status}`);
    this.#status = status;
    this.#statusAt = clock.now;
    const due = this.#waiting.filter((each) => each.status === status);
    this.#waiting = this.#waiting.filter((each) => each.status !== status);
    for (const { go } of due) clock.owner.exit(() => clock.after(100, go));
    if (status === 'on_hold' || status === 'needs_operator') clock.owner.exit(() => this.#callOperator(status));
  }

  #wanted(): TenantProvisioningRequest {
    const { plan, needsApproval, holds } = this.options.plan;
    return {
      tenantName: `harbour-${++orders}`,
      organizationName: 'Harbour Cranes',
      adminUser: { email: 'grace@harbour.example', firstName: 'Grace', lastName: 'Hopper', role: 'owner' },
      subscription: { plan, billingCycle: 'monthly', features: [] },
      configuration: {},
      paymentMethod: 'pm_card_visa',
      ...(needsApproval ? { customizations: RESTRICTED } : {}),
      ...(holds && plan !== 'starter' ? { recovery: { onPermanentFailure: 'hold' as const } } : {}),
    };
  }

  async #api(operation: string, principal: Principal, request: object): Promise<unknown> {
    const route = this.#routes.get(operation)!;
    const { body } = await route.handle({
      params: {},
      query: {},
      idempotencyKey: undefined,
      principal,
      header: () => undefined,
      ...request,
    } as never);
    return body;
  }

  async #do(action: Action): Promise<void> {
    const { clock, world, lookSoon } = this.options;
    const entry: Answered = { action, at: clock.now, answer: 'none', words: '' };
    this.answers.push(entry);
    world.tell(`somebody does: ${wordsOf(action)}`);
    try {
      await this.#carryOut(action);
      entry.answer = 'accepted';
    } catch (error) {
      entry.words = (error as Error).message;
      entry.answer = kindOf(error);
    }
    if (action.do === 'approve' || action.do === 'reject') lookSoon();
    world.tell(`${wordsOf(action)}: ${entry.answer}${entry.words === '' ? '' : ` (${entry.words.slice(0, 160)})`}`);
  }

  async #carryOut(action: Action): Promise<void> {
    const { operationId } = this.#accepted!;
    const params = { operationId };
    const run = this.options.runOf(operationId);
    switch (action.do) {
      case 'approve':
      case 'reject':
        await this.#api('decideApproval', APPROVER, { params, body: { decision: action.do, comment: 'so be it' } });
        return;
      case 'cancel':
        await this.#api('cancelOperation', OPERATOR, { params, body: {} });
        return;
      case 'resolve':
        await this.#api('resolveOperation', OPERATOR, { params, body: bodyOf(action), idempotencyKey: randomUUID() });
        return;
      case 'signal':
        if (run && !run.closed)
          run.signal(action.name, payloadsSent(action.sent as (typeof SENT)[number], 'simulated'));
        return;
      case 'update':
        if (run && !run.closed)
          await run.update(action.name, payloadsSent(action.sent as (typeof SENT)[number], 'simulated'));
        return;
      case 'temporal-cancel':
        run?.cancel();
    }
  }

  /** An operator who finds the run waiting retries once the faults have ended. */
  #callOperator(status: OperationStatus): void {
    const since = this.#statusAt;
    this.#pending += 1;
    this.options.clock.after(OPERATOR_MS, () => {
      this.#pending -= 1;
      if (this.#status !== status || this.#statusAt !== since || this.#operatorTurns >= OPERATOR_TIMES) return;
      this.#operatorTurns += 1;
      void this.#do({ do: 'resolve', verb: 'retry' }).then(() => {
        // The decision was not taken, so the operator tries again.
        if (this.#status === status && this.#statusAt === since) this.#callOperator(status);
      });
    });
  }
}

const RESTRICTED = { storageQuotaGb: 10 };
let orders = 0;

const principal = (id: string, ...roles: Principal['roles']): Principal => ({ id: `token:${id}`, roles }) as Principal;
const SIGNUP = principal('signup', 'tenants:order');
const APPROVER = principal('approver', 'approvals:decide');
const OPERATOR = principal('operator', 'operations:operate');

function bodyOf({ verb }: Extract<Action, { do: 'resolve' }>): object {
  const reason = 'simulated';
  if (verb === 'amend') return { verb, reason, patch: { paymentMethod: 'pm_card_mastercard' } };
  if (verb === 'accept') return { verb, reason, leftovers: [{ kind: 'bucket', id: 'none' }] };
  return { verb, reason };
}

export function wordsOf(action: Action): string {
  if (action.do === 'resolve') return `${action.verb} through the API`;
  if (action.do === 'signal' || action.do === 'update')
    return `${action.do} ${action.name} by hand, with ${action.sent}`;
  return action.do === 'temporal-cancel' ? 'cancel in the Temporal Web UI' : `${action.do} through the API`;
}

function kindOf(error: unknown): Answered['answer'] {
  if (error instanceof ApiProblem) return error.type.endsWith('-unavailable') ? 'unavailable' : 'refused';
  if ((error as { code?: unknown }).code !== undefined || error instanceof CancelledFailure) return 'unavailable';
  return (error as Error).name === 'WorkflowUpdateFailedError' ? 'refused' : 'error';
}
