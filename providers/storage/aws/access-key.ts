import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListUserPoliciesCommand,
  paginateListUsers,
  UpdateAccessKeyCommand,
  type AccessKeyMetadata,
  type IAMClient,
  type StatusType,
  type User,
} from '@aws-sdk/client-iam';
import { dashName } from '../../../contract/ids';
import { failure } from '../../port/failures';
import type { Access } from '../../../contract/tenants/access';
import type { Created, Found, Listed, ResourceContext, ResourceKind } from '../../port/kind';
import { setBucketAccess, tryBucketAccess } from '../access';
import { ACCESS_KEY_KIND, readAccessKey, storedKey, type AccessKeySpec } from '../access-key';
import { required, unlessCode } from '../errors';
import { isMarked, marks, tenantOfUser } from '../marks';
import type { StoreOf } from '../store';
import type { AwsStore } from './aws-store';

type Context = ResourceContext<AccessKeySpec | undefined>;

const ABSENT = 'NoSuchEntity';

/**
 * The tenant's IAM user, path `/tenants/<region>/`, with one access key and no privileges of its own: the bucket's policy grants them. AWS
 * generates the key and shows its secret only once, so any key other than the stored one is useless and is deleted and replaced. A closed
 * tenant's key is inactive, and the bucket's policy denies it everything; a tenant that may only read is limited by the policy alone.
 */
export function awsAccessKeyKind(storeOf: StoreOf<AwsStore>): ResourceKind<AccessKeySpec> {
  return {
    kind: ACCESS_KEY_KIND,
    provider: 'aws',
    name: dashName,

    async find(context): Promise<Found> {
      const { iam } = storeOf(context.region);
      const user = await userOf(iam, context);
      if (user === undefined) return { state: 'absent' };
      if (!isMarked(user.Tags ?? [], context.tenantId)) return { state: 'foreign' };
      const [stored, keys] = await Promise.all([readAccessKey(context.secrets), keysOf(iam, context)]);
      const isComplete = stored !== undefined && keys.length === 1 && keys[0] === stored.accessKeyId;
      return { state: isComplete ? 'present' : 'partial', id: context.name, facts: factsOf(user, keys[0]) };
    },

    async create(context): Promise<Created> {
      const { iam } = storeOf(context.region);
      const user = await ensureUser(iam, context);
      return { id: context.name, facts: factsOf(user, await ensureKey(iam, context)) };
    },

    async update(context, { access }): Promise<void> {
      const store = storeOf(context.region);
      if (access !== 'closed') await setKeyStatus(store.iam, context, 'Active');
      await setBucketAccess(store, context, access);
      if (access === 'closed') await setKeyStatus(store.iam, context, 'Inactive');
    },

    access(context): Promise<Access> {
      const store = storeOf(context.region);
      return tryBucketAccess(store, context, () => isInactive(store.iam, context));
    },

    async remove(context): Promise<void> {
      const { iam } = storeOf(context.region);
      const user = await userOf(iam, context);
      if (user === undefined || !isMarked(user.Tags ?? [], context.tenantId)) return;
      const options = { abortSignal: context.signal };
      for (const id of await keysOf(iam, context)) await deleteKey(iam, context, id);
      for (const PolicyName of await policiesOf(iam, context)) {
        const command = new DeleteUserPolicyCommand({ UserName: context.name, PolicyName });
        await unlessCode(iam.send(command, options), ABSENT);
      }
      await unlessCode(iam.send(new DeleteUserCommand({ UserName: context.name }), options), ABSENT);
    },

    list: (region, signal) => listUsers(storeOf(region).iam, region, signal),
  };
}

async function ensureUser(iam: IAMClient, context: Context): Promise<User | undefined> {
  const command = new CreateUserCommand({
    UserName: context.name,
    Path: pathOf(context.region),
    Tags: marks(context),
  });
  const made = await unlessCode(iam.send(command, { abortSignal: context.signal }), 'EntityAlreadyExists');
  if (made) return required(made.User, 'the user it made');
  const user = await userOf(iam, context);
  if (user && !isMarked(user.Tags ?? [], context.tenantId))
    throw failure(
      'ResourceNotOurs',
      `IAM user ${context.name} exists but does not carry our tags. It was left alone; find out whose it is.`,
    );
  return user;
}

async function ensureKey(iam: IAMClient, context: Context): Promise<string> {
  const stored = await readAccessKey(context.secrets);
  const keys = await keysOf(iam, context);
  for (const id of keys) if (id !== stored?.accessKeyId) await deleteKey(iam, context, id);
  if (stored && keys.includes(stored.accessKeyId)) return stored.accessKeyId;
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: context.name }), {
    abortSignal: context.signal,
  });
  if (!AccessKey?.AccessKeyId || !AccessKey.SecretAccessKey)
    throw failure('OutcomeUnknown', `IAM user ${context.name}: AWS answered without a key.`);
  // The id is stored last: until then the key counts as unknown and is replaced.
  await context.secrets.store('secretAccessKey', AccessKey.SecretAccessKey);
  await context.secrets.store('accessKeyId', AccessKey.AccessKeyId);
  return AccessKey.AccessKeyId;
}

async function userOf(iam: IAMClient, { name, signal }: Context): Promise<User | undefined> {
  const answer = await unlessCode(iam.send(new GetUserCommand({ UserName: name }), { abortSignal: signal }), ABSENT);
  return answer && required(answer.User, 'the user');
}

async function keysOf(iam: IAMClient, context: Context): Promise<string[]> {
  return (await keyDetailsOf(iam, context)).map((key) => key.AccessKeyId!);
}

async function keyDetailsOf(iam: IAMClient, { name, signal }: Context): Promise<AccessKeyMetadata[]> {
  const answer = await unlessCode(
    iam.send(new ListAccessKeysCommand({ UserName: name }), { abortSignal: signal }),
    ABSENT,
  );
  return answer ? required(answer.AccessKeyMetadata, 'the keys') : [];
}

async function setKeyStatus(iam: IAMClient, { name, secrets, signal }: Context, Status: StatusType): Promise<void> {
  const { accessKeyId: AccessKeyId } = await storedKey({ name, secrets });
  await iam.send(new UpdateAccessKeyCommand({ UserName: name, AccessKeyId, Status }), { abortSignal: signal });
}

async function isInactive(iam: IAMClient, context: Context): Promise<boolean> {
  const { accessKeyId } = await storedKey(context);
  return (await keyDetailsOf(iam, context)).some((key) => key.AccessKeyId === accessKeyId && key.Status === 'Inactive');
}

/** Names of the user's inline policies, which must be deleted first: IAM refuses to delete a user that has any. */
async function policiesOf(iam: IAMClient, { name, signal }: Context): Promise<string[]> {
  const answer = await unlessCode(
    iam.send(new ListUserPoliciesCommand({ UserName: name }), { abortSignal: signal }),
    ABSENT,
  );
  return answer?.PolicyNames ?? [];
}

async function deleteKey(iam: IAMClient, { name, signal }: Context, AccessKeyId: string): Promise<void> {
  const command = new DeleteAccessKeyCommand({ UserName: name, AccessKeyId });
  await unlessCode(iam.send(command, { abortSignal: signal }), ABSENT);
}

// The path serves as the mark here: IAM lists users without their tags, and a call per user would hit IAM's rate limit.
async function* listUsers(client: IAMClient, region: string, abortSignal: AbortSignal): AsyncIterable<Listed> {
  for await (const page of paginateListUsers({ client }, { PathPrefix: pathOf(region) }, { abortSignal }))
    for (const { UserName: name = '' } of required(page.Users, 'the users')) {
      const tenantId = tenantOfUser(name);
      if (tenantId !== undefined) yield { tenantId, name, id: name };
    }
}

function pathOf(region: string): string {
  return `/tenants/${region}/`;
}

function factsOf(user: User | undefined, accessKeyId: string | undefined): Record<string, unknown> {
  return { ...(user?.Arn ? { user: user.Arn } : {}), ...(accessKeyId ? { accessKeyId } : {}) };
}
