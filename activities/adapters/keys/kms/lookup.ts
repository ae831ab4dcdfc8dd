import {
  DescribeKeyCommand,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  type KeyMetadata,
  type Tag,
} from '@aws-sdk/client-kms';
import { unlessCode } from '../../../aws-errors';
import { failure } from '../../../failures';
import type { ResourceContext } from '../../../kind';
import type { KmsRegion } from './client';
import { markedTenant } from './marks';

/** The alias of the key of this name. */
export function aliasOf(name: string): string {
  return `alias/${name}`;
}

/** Whether the key is on its way out: it opens nothing any more. */
export function isDoomed({ KeyState }: KeyMetadata): boolean {
  return KeyState === 'PendingDeletion' || KeyState === 'PendingReplicaDeletion';
}

/** What key management has of a tenant. */
export interface FoundKeys {
  ours: KeyMetadata[];
  /** Somebody else's key has the tenant's alias. */
  foreign: boolean;
}

/**
 * The tenant's keys: the one in the ledger, the one with its alias, and – where neither leads to one – any with its tags and without an
 * alias: that is what a crash between creation and alias leaves behind.
 */
export async function findKeys(region: KmsRegion, context: ResourceContext<unknown>): Promise<FoundKeys> {
  const { id, name, signal } = context;
  const known = id === undefined ? undefined : await keyAt(region, id, signal);
  const named = await keyAt(region, aliasOf(name), signal);
  const candidates = [known, named?.KeyId === known?.KeyId ? undefined : named].filter((key) => key !== undefined);
  const ours: KeyMetadata[] = [];
  for (const key of candidates) if (await isOurs(region, key, context)) ours.push(key);
  const foreign = named !== undefined && !ours.some(({ KeyId }) => KeyId === named.KeyId);
  if (ours.some((key) => !isDoomed(key))) return { ours, foreign };
  for (const key of await unnamedKeys(region, context))
    if (!ours.some(({ KeyId }) => KeyId === key.KeyId)) ours.push(key);
  return { ours, foreign };
}

/** A key by its id, ARN or alias; undefined when there is none. */
export async function keyAt({ kms }: KmsRegion, KeyId: string, abortSignal: AbortSignal) {
  const answer = await unlessCode(kms.send(new DescribeKeyCommand({ KeyId }), { abortSignal }), 'NotFound');
  return answer && required(answer.KeyMetadata, 'the key');
}

/** Whether a key has our marks and this tenant's. */
export async function isOurs(
  region: KmsRegion,
  { KeyId }: KeyMetadata,
  { tenantId, signal }: Pick<ResourceContext, 'tenantId' | 'signal'>,
): Promise<boolean> {
  return markedTenant(await tagsOf(region, KeyId!, signal), region.name) === tenantId;
}

/** Every key of the account that says whose it is. */
export async function* allKeys(
  region: KmsRegion,
  signal: AbortSignal,
): AsyncIterable<{ key: KeyMetadata; tags: readonly Tag[] }> {
  for await (const keyId of keyIds(region, signal)) {
    const tags = await tagsOf(region, keyId, signal);
    // Tags are the cheaper question, and most keys of an account may be somebody else's.
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
  for (let Marker: string | undefined, first = true; first || Marker !== undefined; first = false) {
    const page = await kms.send(new ListAliasesCommand({ Limit: 100, ...(Marker ? { Marker } : {}) }), { abortSignal });
    for (const { TargetKeyId } of required(page.Aliases, 'the aliases')) if (TargetKeyId) named.add(TargetKeyId);
    Marker = page.Truncated ? page.NextMarker : undefined;
  }
  return named;
}

async function* keyIds({ kms }: KmsRegion, abortSignal: AbortSignal): AsyncIterable<string> {
  for (let Marker: string | undefined, first = true; first || Marker !== undefined; first = false) {
    const page = await kms.send(new ListKeysCommand({ Limit: 1000, ...(Marker ? { Marker } : {}) }), { abortSignal });
    for (const { KeyId } of required(page.Keys, 'the keys')) if (KeyId) yield KeyId;
    Marker = page.Truncated ? page.NextMarker : undefined;
  }
}

/** None of a key that is gone, or whose tags are not ours to see: then it is none of ours. */
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

/** A part that every such answer has. One without it comes from somebody else, or is none, and says nothing about what exists. */
export function required<T>(part: T | undefined, name: string): T {
  if (part !== undefined) return part;
  throw failure('OutcomeUnknown', `Key management answered without ${name}.`);
}
