import {
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  EnableKeyRotationCommand,
  GetKeyRotationStatusCommand,
  ScheduleKeyDeletionCommand,
  type KeyMetadata,
} from '@aws-sdk/client-kms';
import { dashName, PROBE_TENANT_ID } from '../../../contract/ids';
import { unlessCode } from '../../aws/errors';
import { failure } from '../../port/failures';
import type { Created, Found, Listed, ResourceContext, ResourceKind } from '../../port/kind';
import type { KmsRegion, KmsRegions } from './client';
import { DAYS_UNTIL_GONE } from './keeper';
import { aliasOf, allKeys, findKeys, isPendingDeletion, isOurs, keyAt, required } from './lookup';
import { markedTenant, marks } from './marks';

/** A tenant's own key has no options. */
export type KmsKeySpec = Record<string, never>;

type Context = ResourceContext<KmsKeySpec | undefined>;

/**
 * The tenant's own key at AWS KMS, which wraps its data key and encrypts its objects. It has our tags, the alias `t-<id>` and a yearly
 * rotation by AWS. Its policy is the account's default one, so rights on it are granted where its users are created. `remove` schedules its
 * deletion: until then it decrypts nothing, and the deletion can be cancelled.
 */
export function kmsKeyKind(regions: KmsRegions): ResourceKind<KmsKeySpec> {
  return {
    kind: 'kms-key',
    provider: 'aws',
    name: dashName,

    async find(context): Promise<Found> {
      const region = regions.of(context.region);
      const { ours, foreign } = await findKeys(region, context);
      const key = ours.find((one) => !isPendingDeletion(one)) ?? ours[0];
      if (key && isPendingDeletion(key))
        return { state: 'scheduled', id: key.Arn!, facts: { deletesAt: key.DeletionDate } };
      if (key) {
        const whole = context.spec === undefined || (await isWhole(region, context, key));
        return { state: whole ? 'present' : 'partial', id: key.Arn!, facts: factsOf(region, context) };
      }
      return { state: foreign ? 'foreign' : 'absent' };
    },

    async create(context): Promise<Created> {
      const region = regions.of(context.region);
      const { ours, foreign } = await findKeys(region, context);
      if (foreign) throw notOurs(context);
      const key = ours.find((one) => !isPendingDeletion(one)) ?? (await createKey(region, context));
      await complete(region, context, key);
      return { id: key.Arn!, facts: factsOf(region, context) };
    },

    async remove(context): Promise<void> {
      const region = regions.of(context.region);
      const { ours } = await findKeys(region, context);
      for (const key of ours.filter((one) => !isPendingDeletion(one))) await removeKey(region, context, key);
    },

    async *list(name, signal) {
      if (regions.has(name)) yield* listKeys(regions.of(name), signal);
    },
  };
}

async function createKey({ kms }: KmsRegion, context: Context): Promise<KeyMetadata> {
  const command = new CreateKeyCommand({ Description: `Tenant ${context.tenantId}`, Tags: marks(context) });
  const { KeyMetadata } = await kms.send(command, { abortSignal: context.signal });
  return required(KeyMetadata, 'the key it made');
}

/** Adds the alias and switches on rotation. Both calls are safe to repeat. */
async function complete(region: KmsRegion, context: Context, { KeyId }: KeyMetadata): Promise<void> {
  const options = { abortSignal: context.signal };
  const { kms } = region;
  const alias = new CreateAliasCommand({ AliasName: aliasOf(context.name), TargetKeyId: KeyId });
  if (!(await unlessCode(kms.send(alias, options), 'AlreadyExists'))) {
    const holder = await keyAt(region, aliasOf(context.name), context.signal);
    if (holder && !(await isOurs(region, holder, context))) throw notOurs(context);
  }
  await kms.send(new EnableKeyRotationCommand({ KeyId }), options);
}

async function isWhole(region: KmsRegion, context: Context, { KeyId }: KeyMetadata): Promise<boolean> {
  const options = { abortSignal: context.signal };
  const [holder, { KeyRotationEnabled }] = await Promise.all([
    keyAt(region, aliasOf(context.name), context.signal),
    region.kms.send(new GetKeyRotationStatusCommand({ KeyId }), options),
  ]);
  return holder?.KeyId === KeyId && KeyRotationEnabled === true;
}

/** Deletes the alias first, so that a key waiting for its deletion does not block a new key for the same tenant. */
async function removeKey(region: KmsRegion, context: Context, key: KeyMetadata): Promise<void> {
  const options = { abortSignal: context.signal };
  const AliasName = aliasOf(context.name);
  if ((await keyAt(region, AliasName, context.signal))?.KeyId === key.KeyId)
    await unlessCode(region.kms.send(new DeleteAliasCommand({ AliasName }), options), 'NotFound');
  const end = new ScheduleKeyDeletionCommand({ KeyId: key.KeyId, PendingWindowInDays: DAYS_UNTIL_GONE });
  await unlessCode(region.kms.send(end, options), 'NotFound', 'KMSInvalidState');
}

async function* listKeys(region: KmsRegion, signal: AbortSignal): AsyncIterable<Listed> {
  for await (const { key, tags } of allKeys(region, signal)) {
    const tenantId = markedTenant(tags, region.name);
    if (tenantId === undefined || tenantId === PROBE_TENANT_ID || isPendingDeletion(key)) continue;
    yield { tenantId, name: dashName(tenantId), id: key.Arn! };
  }
}

function factsOf({ settings }: KmsRegion, { name }: Context): Record<string, unknown> {
  return { alias: aliasOf(name), region: settings.region };
}

function notOurs({ name, region }: Context): Error {
  return failure(
    'ResourceNotOurs',
    `Alias ${aliasOf(name)} in ${region} belongs to a key without our tags, which was left alone. Find out whose it is and remove or rename the alias.`,
  );
}
