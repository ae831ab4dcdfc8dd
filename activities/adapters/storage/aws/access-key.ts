import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListUserPoliciesCommand,
  ListUsersCommand,
  type IAMClient,
  type User,
} from '@aws-sdk/client-iam';
import { dashName } from '../../../../contract/ids';
import { failure } from '../../../failures';
import type { Created, Found, Listed, ResourceContext, ResourceKind } from '../../../kind';
import { ACCESS_KEY_KIND, readAccessKey, type AccessKeySpec } from '../access-key';
import { required, unlessCode } from '../errors';
import { isMarked, marks, tenantOfUser } from '../marks';
import type { StoreOf } from '../store';
import type { AwsStore } from './store';

type Context = ResourceContext<AccessKeySpec | undefined>;

const ABSENT = 'NoSuchEntity';

/**
 * The tenant's IAM user, path `/tenants/<region>/`, with one access key and no rights of its own: the bucket's policy gives them. AWS makes
 * the key and shows its secret once, so a key that is not the stored one is worthless: it is deleted and made anew.
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
      const isWhole = stored !== undefined && keys.length === 1 && keys[0] === stored.accessKeyId;
      return { state: isWhole ? 'present' : 'partial', id: context.name, facts: factsOf(user, keys[0]) };
    },

    async create(context): Promise<Created> {
      const { iam } = storeOf(context.region);
      const user = await ensureUser(iam, context);
      return { id: context.name, facts: factsOf(user, await ensureKey(iam, context)) };
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
      `IAM user ${context.name} exists and does not carry our tags. It was left alone; find out whose it is.`,
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
  // The id is stored last: as long as it is not, this key counts as unknown and is made anew.
  await context.secrets.store('secretAccessKey', AccessKey.SecretAccessKey);
  await context.secrets.store('accessKeyId', AccessKey.AccessKeyId);
  return AccessKey.AccessKeyId;
}

async function userOf(iam: IAMClient, { name, signal }: Context): Promise<User | undefined> {
  const answer = await unlessCode(iam.send(new GetUserCommand({ UserName: name }), { abortSignal: signal }), ABSENT);
  return answer && required(answer.User, 'the user');
}

async function keysOf(iam: IAMClient, { name, signal }: Context): Promise<string[]> {
  const answer = await unlessCode(
    iam.send(new ListAccessKeysCommand({ UserName: name }), { abortSignal: signal }),
    ABSENT,
  );
  if (!answer) return [];
  return required(answer.AccessKeyMetadata, 'the keys').map((key) => key.AccessKeyId!);
}

/** Policies that are part of the user; IAM deletes no user that has any. */
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

// A user's path is its mark here: IAM lists users without their tags, and one more call for each would meet IAM's rate limit.
async function* listUsers(iam: IAMClient, region: string, signal: AbortSignal): AsyncIterable<Listed> {
  for (let Marker: string | undefined, first = true; first || Marker !== undefined; first = false) {
    const page = await iam.send(
      new ListUsersCommand({ PathPrefix: pathOf(region), ...(Marker === undefined ? {} : { Marker }) }),
      { abortSignal: signal },
    );
    for (const { UserName: name = '' } of required(page.Users, 'the users')) {
      const tenantId = tenantOfUser(name);
      if (tenantId !== undefined) yield { tenantId, name, id: name };
    }
    Marker = page.IsTruncated ? page.Marker : undefined;
  }
}

function pathOf(region: string): string {
  return `/tenants/${region}/`;
}

function factsOf(user: User | undefined, accessKeyId: string | undefined): Record<string, unknown> {
  return { ...(user?.Arn ? { user: user.Arn } : {}), ...(accessKeyId ? { accessKeyId } : {}) };
}
