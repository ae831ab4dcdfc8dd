import { hasRead } from '../contract/amendable';
import type { ResolutionRequestBody } from '../contract/schemas/request-schemas';
import { isHeldByAnother } from '../registry/custom-domains';
import { listResources } from '../registry/ledger';
import { readSteps, type OperationRow } from '../registry/operation-views';
import { loadOperation, type LoadedOperation } from '../registry/operations';
import type { Resolution } from '../registry/resolutions';
import { tenantCipher, unlessKeyDestroyed } from '../registry/tenant-keys';
import { amendOrder } from '../templates/amend-order';
import { recoveryOf } from '../templates/recovery';
import type { ApiDependencies } from './dependencies';
import { ApiProblem } from './problems';
import { stateConflict } from './routes/operations';

type Details = Pick<Resolution, 'orderCiphertext' | 'leftovers'>;
type Body<Verb> = Extract<ResolutionRequestBody, { verb: Verb }>;
type Dependencies = Pick<ApiDependencies, 'pool' | 'keys' | 'appDomain'>;

const NONE: Details = { orderCiphertext: null, leftovers: null };

/** What a decision says beyond its verb, checked against the operation and ready to be kept. Throws the problem of what is wrong with it. */
export async function resolutionDetails(
  dependencies: Dependencies,
  operation: OperationRow,
  body: ResolutionRequestBody,
): Promise<Details> {
  switch (body.verb) {
    case 'amend':
      return { ...NONE, orderCiphertext: await sealAmended(dependencies, operation, body) };
    case 'accept':
      return { ...NONE, leftovers: namedLeftovers(operation, body) };
    case 'skip':
      await refuseNeeded(dependencies, operation);
      return NONE;
    case 'retry':
    case 'compensate':
      return NONE;
  }
}

/** The amended order under the tenant's key; it enters the registry and nothing else. */
async function sealAmended(
  { pool, keys, appDomain }: Dependencies,
  operation: OperationRow,
  { patch }: Body<'amend'>,
): Promise<Buffer> {
  const { tenantId } = operation;
  const [{ order, template }, steps, resources] = await Promise.all([
    load({ pool, keys }, operation, 'amend'),
    readSteps(pool, operation),
    listResources(pool, tenantId),
  ]);
  const amended = amendOrder({
    order,
    template,
    patch,
    appDomain,
    hasRead: (reader) => hasRead({ steps, resources }, reader),
  });
  if (!amended.ok) throw invalid(amended.violations);
  const { customDomain } = amended.order.configuration;
  if (customDomain !== undefined && (await isHeldByAnother(pool, operation.operationId, customDomain)))
    throw invalid([
      {
        pointer: '/patch/configuration/customDomain',
        message: 'Belongs to another tenant. Name another domain, or none.',
      },
    ]);
  return (await tenantCipher(pool, keys, tenantId)).seal('order', JSON.stringify(amended.order));
}

function namedLeftovers(operation: OperationRow, { leftovers }: Body<'accept'>): Details['leftovers'] {
  const unknown = leftovers.flatMap(({ kind, id }, index) =>
    operation.leftovers.some((left) => left.kind === kind && left.id === id)
      ? []
      : {
          pointer: `/leftovers/${index}`,
          message: 'Is none of the operation’s leftovers. Take kind and id from there.',
        },
  );
  if (unknown.length > 0) throw invalid(unknown);
  return leftovers;
}

/** The run's own word is the last one; this one names what the template allows. */
async function refuseNeeded(dependencies: Dependencies, operation: OperationRow): Promise<void> {
  const { skippable } = recoveryOf((await load(dependencies, operation, 'skip')).template);
  const needed = (await readSteps(dependencies.pool, operation))
    .filter(({ id, state }) => state === 'failed' && !skippable.includes(id))
    .map(({ id }) => id);
  if (needed.length === 0) return;
  const allowed = stateConflict(operation, 'skip').occurrence.allowed!.filter((verb) => verb !== 'skip');
  throw new ApiProblem('state-conflict', {
    detail: `The template does not allow ${needed.join(', ')} to be skipped, only ${skippable.join(', ') || 'nothing'}. Now possible: ${allowed.join(', ')}.`,
    allowed,
  });
}

/** A key that is gone means that the run has been undone in the meantime. */
async function load({ pool, keys }: Dependencies, operation: OperationRow, verb: string): Promise<LoadedOperation> {
  const loaded = await unlessKeyDestroyed(loadOperation(pool, keys, operation.operationId));
  if (!loaded) throw stateConflict(operation, verb);
  return loaded;
}

function invalid(violations: { pointer: string; message: string }[]): ApiProblem {
  return new ApiProblem('invalid-body', {
    detail: 'Nothing was done. Correct what the errors name and send it again.',
    errors: violations.map(({ pointer, message }) => ({ pointer, detail: message })),
  });
}
