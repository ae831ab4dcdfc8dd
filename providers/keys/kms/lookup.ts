import {
  DescribeKeyCommand,
  paginateListAliases,
  paginateListKeys,
  ListResourceTagsCommand,
  type KeyMetadata,
  type Tag,
} from '@aws-sdk/client-kms';
import { unlessCode } from '../../aws/errors';
import { failure } from '../../port/failures';
import type { ResourceContext } from '../../port/kind';
import type { KmsRegion } from './client';
import { markedTenant } from './marks';

/** The alias of the key with this name. */
export function aliasOf(name: string): string {
  return `alias/${name}`;
}

/** Whether the key is scheduled for deletion, and thus can no longer decrypt. */
export function isPendingDeletion({ KeyState }: KeyMetadata): boolean {
  return KeyState === 'PendingDeletion' || KeyState === 'PendingReplicaDeletion';
}

/** Keys found for a tenant. */
export interface FoundKeys {
  ours: KeyMetadata[];
  /** The tenant's alias points to a key that is not ours. */
  foreign: boolean;
}

/**
 * The tenant's keys: the one in the ledger and the one with its alias. If neither gives a usable key, also any with the tenant's tags but
 * no alias, which a crash between creating the key and its alias leaves behind.
 */
export async function findKeys(region: KmsRegion, context: ResourceContext<unknown>): Promise<FoundKeys> {
  const { id, name, signal } = context;
  const known = id === undefined ? undefined : await keyAt(region, id, signal);
  const named = await keyAt(region, aliasOf(name), signal);
  const candidates = [known, named?.KeyId === known?.KeyId ? undefined : named].filter((key) => key !== undefined);
  const ours: KeyMetadata[] = [];
  for (const key of candidates) if (await isOurs(region, key, context)) ours.push(key);
  const foreign = named !== undefined && !ours.some(({ KeyId }) => KeyId === named.KeyId);
  if (ours.some((key) => !isPendingDeletion(key))) return { ours, foreign };
  for (const key of await unnamedKeys(region, context))
    if (!ours.some(({ KeyId }) => KeyId === key.KeyId)) ours.push(key);
  return { ours, foreign };
}

/** A key by its id, ARN or alias; undefined if there is none. */
export async function keyAt({ kms }: KmsRegion, KeyId: string, abortSignal: AbortSignal) {
  const answer = await unlessCode(kms.send(new DescribeKeyCommand({ KeyId }), { abortSignal }), 'NotFound');
  return answer && required(answer.KeyMetadata, 'the key');
}

/** Whether a key carries this tenant's marks. */
export async function isOurs(
  region: KmsRegion,
  { KeyId }: KeyMetadata,
  { tenantId, signal }: Pick<ResourceContext, 'tenantId' | 'signal'>,
): Promise<boolean> {
  return markedTenant(await tagsOf(region, KeyId!, signal), region.name) === tenantId;
}

/** All keys of the account with our marks for the region, together with their tags. */
export async function* allKeys(
  region: KmsRegion,
  signal: AbortSignal,
): AsyncIterable<{ key: KeyMetadata; tags: readonly Tag[] }> {
  for await (const keyId of keyIds(region, signal)) {
    const tags = await tagsOf(region, keyId, signal);
    // Tags are read first because reading them is cheaper, and most keys of the account may not be ours.
    if (markedTenant(tags, region.name) === undefined) continue;
    const key = await keyAt(region, keyId, signal);
    if (key) yield { key, tags };
  }
}

async function unnamedKeys(region: KmsRegion, context: ResourceContext<unknown>): Promise<KeyMetadata[]> {
  const { signal } = context;
  const named = await keysWithAlias(region, signal);
  const found: KeyMetadata[] = [];
  for await (const keyId of keyIds(region, signal)) {
    if (named.has(keyId) || !(await isOurs(region, { KeyId: keyId }, context))) continue;
    const key = await keyAt(region, keyId, signal);
    if (key) found.push(key);
  }
  return found;
}

async function keysWithAlias({ kms }: KmsRegion, abortSignal: AbortSignal): Promise<Set<string>> {
  const named = new Set<string>();
  for await (const page of paginateListAliases({ client: kms, pageSize: 100 }, {}, { abortSignal }))
    for (const { TargetKeyId } of required(page.Aliases, 'the aliases')) if (TargetKeyId) named.add(TargetKeyId);
  return named;
}

async function* keyIds({ kms }: KmsRegion, abortSignal: AbortSignal): AsyncIterable<string> {
  for await (const page of paginateListKeys({ client: kms, pageSize: 1000 }, {}, { abortSignal }))
    for (const { KeyId } of required(page.Keys, 'the keys')) if (KeyId) yield KeyId;
}

/** The tags of a key; empty if the key is gone or its tags may not be read, because then it is not ours. */
async function tagsOf({ kms }: KmsRegion, KeyId: string, abortSignal: AbortSignal): Promise<readonly Tag[]> {
  const command = new ListResourceTagsCommand({ KeyId });
  const answer = await unlessCode(
    kms.send(command, { abortSignal }),
    'NotFound',
    'AccessDenied',
    'UnsupportedOperation',
  );
  return answer?.Tags ?? [];
}

/** Returns a part that every genuine answer has. Throws `OutcomeUnknown` without it: such an answer says nothing about what exists. */
export function required<T>(part: T | undefined, name: string): T {
  if (part !== undefined) return part;
  throw failure('OutcomeUnknown', `Key management answered without ${name}.`);
}
