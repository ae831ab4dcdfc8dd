import { isFailureType } from '../contract/operations/failures';
import { OPERATION_KINDS, rulesOf } from '../contract/operations/kinds';

/** Values that a span may have: ids and enumerations. */
export type Attributes = Record<string, string | number>;

/** Our attributes. Those of HTTP and Temporal keep the names that their conventions give them. */
export const ATTRIBUTES = {
  operationId: 'provisioner.operation_id',
  tenantId: 'provisioner.tenant_id',
  kind: 'provisioner.kind',
  plan: 'provisioner.plan',
  step: 'provisioner.step',
  attempt: 'provisioner.attempt',
  region: 'provisioner.region',
  provider: 'provisioner.provider',
  operation: 'provisioner.operation',
} as const;

/** A span's attributes that are exported; every other one is dropped. */
const EXPORTED = new Set<string>([
  ...Object.values(ATTRIBUTES),
  ...['http.request.method', 'http.route', 'http.response.status_code', 'error.type', 'exception.type'],
  ...['temporalWorkflowId', 'temporalActivityId', 'run_id'],
]);

/** At most three words of what ids and routes are made of: an address, a statement or a sentence does not match. */
const HARMLESS = /^[\w/:.{}-]+(?: [\w/:.{}-]+){0,2}$/;

/** Longest exported text. */
const LONGEST = 200;

/** Whether a text has the form of an id or a name. */
export function isHarmless(text: string): boolean {
  return text.length <= LONGEST && HARMLESS.test(text);
}

/** The attributes that may leave the process. */
export function exported(attributes: Record<string, unknown>): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(
      (entry): entry is [string, string | number] =>
        EXPORTED.has(entry[0]) &&
        (typeof entry[1] === 'number' || (typeof entry[1] === 'string' && isHarmless(entry[1]))),
    ),
  );
}

/** The parts of a run's input and of an activity's that name what it is about. */
const ABOUT = ['operationId', 'tenantId', 'plan', 'region', 'step'] as const;

/** What the input of an activity says. */
export function attributesOfInput(input: unknown): Attributes {
  if (typeof input !== 'object' || input === null) return {};
  const given = input as Partial<Record<(typeof ABOUT)[number], unknown>>;
  return Object.fromEntries(
    ABOUT.flatMap((name) => {
      const value = given[name];
      return typeof value === 'string' ? [[ATTRIBUTES[name], value]] : [];
    }),
  );
}

/** What a workflow's type and id say. */
export function attributesOfRun(workflowType: string, workflowId: string): Attributes {
  const kind = OPERATION_KINDS.find((each) => rulesOf(each).workflow === workflowType);
  const operationId = /^operation\/(\w+)$/.exec(workflowId)?.[1];
  return {
    temporalWorkflowId: workflowId,
    ...(kind && { [ATTRIBUTES.kind]: kind }),
    ...(operationId !== undefined && { [ATTRIBUTES.operationId]: operationId }),
  };
}

/** The region whose task queue this is. */
export function attributesOfQueue(taskQueue: string): Attributes {
  const region = /^region\.(.+)$/.exec(taskQueue)?.[1];
  return region === undefined ? {} : { [ATTRIBUTES.region]: region };
}

/** Type of a failure of the catalogue, code of a client's error, or name of any other error; never its message. */
export function errorType(error: unknown): string {
  const { type, code, name } = (error ?? {}) as { type?: unknown; code?: unknown; name?: unknown };
  if (typeof type === 'string' && isFailureType(type)) return type;
  return [code, name].find((each): each is string => typeof each === 'string') ?? 'Error';
}
