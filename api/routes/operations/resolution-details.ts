import { hasRead } from '../../../contract/orders/amendable';
import type { ResolutionRequestBody } from '../../../contract/schemas/request-schemas';
import { isHeldByAnother } from '../../../registry/tenants/custom-domains';
import { listResources } from '../../../registry/ledger/ledger';
import { readSteps, type OperationRow } from '../../../registry/views/operations';
import { loadOperation, type LoadedOperation } from '../../../registry/operations/operations';
import type { Resolution } from '../../../registry/operations/resolutions';
import { tenantCipher, ignoreDestroyedKey } from '../../../registry/keys/tenant-keys';
import { amendOrder } from '../../../templates/amend-order';
import { recoveryOf } from '../../../templates/recovery';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem } from '../../http/problems';
import { stateConflict } from './operations';

type Details = Pick<Resolution, 'orderCiphertext' | 'leftovers'>;
type Body<Verb> = Extract<ResolutionRequestBody, { verb: Verb }>;
type Dependencies = Pick<ApiDependencies, 'pool' | 'keys' | 'appDomain'>;

const NONE: Details = { orderCiphertext: null, leftovers: null };

/** The details of a decision beyond its verb, checked against the operation and ready to store. Throws a problem if they are not valid. */
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
      await refuseUnskippable(dependencies, operation);
      return NONE;
    case 'retry':
    case 'compensate':
      return NONE;
  }
}

/** The amended order, encrypted under the tenant's key. It is stored in the registry and nowhere else. */
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
        message: 'Belongs to another tenant. Name another domain, or leave it out.',
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
          message: 'Is not one of the operation’s leftovers. Copy kind and id from the operation.',
        },
  );
  if (unknown.length > 0) throw invalid(unknown);
  return leftovers;
}

/** Refuses to skip a failed step that the template does not allow to be skipped. The run has the final say. */
async function refuseUnskippable(dependencies: Dependencies, operation: OperationRow): Promise<void> {
  const { skippable } = recoveryOf((await load(dependencies, operation, 'skip')).template);
  const needed = (await readSteps(dependencies.pool, operation))
    .filter(({ id, state }) => state === 'failed' && !skippable.includes(id))
    .map(({ id }) => id);
  if (needed.length === 0) return;
  const allowed = stateConflict(operation, 'skip').occurrence.allowed!.filter((verb) => verb !== 'skip');
  throw new ApiProblem('state-conflict', {
    detail: `The template does not allow ${needed.join(', ')} to be skipped, only ${skippable.join(', ') || 'nothing'}. Possible now: ${allowed.join(', ')}.`,
    allowed,
  });
}

/** Loads the order. A destroyed key means that the run has been undone in the meantime, so the verb is no longer possible. */
async function load({ pool, keys }: Dependencies, operation: OperationRow, verb: string): Promise<LoadedOperation> {
  const loaded = await ignoreDestroyedKey(loadOperation(pool, keys, operation.operationId));
  if (!loaded) throw stateConflict(operation, verb);
  return loaded;
}

function invalid(violations: { pointer: string; message: string }[]): ApiProblem {
  return new ApiProblem('invalid-body', {
    detail: 'Nothing was changed. Correct the fields that the errors name and send the request again.',
    errors: violations.map(({ pointer, message }) => ({ pointer, detail: message })),
  });
}
