import { z } from 'zod';
import { withSetting, type FlagDefinition, type FlagSetting } from '../../../contract/flags/flags';
import { tenantIdSchema } from '../../../contract/schemas/common';
import { flagKey } from '../../../contract/schemas/flags/definition-schema';
import {
  changeFlagRequestSchema,
  resetFlagRequestSchema,
  tenantFlagsSchema,
  type TenantFlag,
} from '../../../contract/schemas/flags/flag-schema';
import { changeFlag, type FlagChangeRequest } from '../../../registry/flags/changes';
import { readFlags, readOrderedFlags, type FlagChange } from '../../../registry/flags/flags';
import { findTenant } from '../../../registry/views/tenants';
import { flagErrors } from '../../../templates/flags';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem, notNow } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { noTenant, tenantParams } from '../tenants/tenants';

const PATH = '/v1/tenants/{tenantId}/flags';
const params = z.strictObject({ tenantId: tenantIdSchema, flag: flagKey });

/** `GET /v1/tenants/{tenantId}/flags`, `PUT` and `DELETE …/flags/{flag}`. */
export function tenantFlagRoutes({ pool, keys }: ApiDependencies): Route[] {
  const requireFlag = async (tenantId: string, key: string): Promise<FlagDefinition> => {
    if (!(await findTenant(pool, tenantId))) throw noTenant();
    const ordered = await readOrderedFlags(pool, keys, tenantId);
    if (!Object.hasOwn(ordered, key))
      throw new ApiProblem('not-found', { detail: 'The tenant’s plan has no such feature flag.' });
    return ordered[key]!;
  };
  const change = async (request: FlagChangeRequest): Promise<void> => {
    const done = await changeFlag(pool, keys, request);
    if (done.outcome === 'no-tenant') throw noTenant();
    if (done.outcome === 'not-now')
      throw notNow(`The tenant is ${done.state}: flags are changed only for an active or suspended tenant.`);
  };
  return [
    defineRoute({
      method: 'get',
      path: PATH,
      operationId: 'listFlags',
      tag: 'Feature flags',
      summary: 'List the feature flags of a tenant',
      description: 'As they are evaluated, with what the plan and the order have and with the newest change of each.',
      access: ['flags:manage', 'tenants:read', 'operations:operate'],
      params: tenantParams,
      answers: { 200: { description: 'The flags.', schema: tenantFlagsSchema } },
      problems: ['key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId } }) => {
        if (!(await findTenant(pool, tenantId))) throw noTenant();
        const { ordered, changes } = await readFlags(pool, keys, tenantId);
        const changeOf = new Map(changes.map((each) => [each.flag, each]));
        const flags = Object.entries(ordered).map(([key, flag]) => viewFlag(key, flag, changeOf.get(key)));
        return { status: 200, body: { tenantId, flags: flags.sort((a, b) => (a.flag < b.flag ? -1 : 1)) } };
      },
    }),
    defineRoute({
      method: 'put',
      path: `${PATH}/{flag}`,
      operationId: 'changeFlag',
      tag: 'Feature flags',
      summary: 'Change a feature flag of a tenant',
      description:
        'Chooses among the variants of the plan, for everyone or by a targeting rule. Every evaluation after the answer has the change. Repeating the request changes nothing.',
      access: ['flags:manage'],
      params,
      body: changeFlagRequestSchema,
      answers: { 204: { description: 'The flag is as requested.' } },
      problems: ['state-conflict', 'key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId, flag }, body: { reason, ...setting }, principal }) => {
        refuseUnfit(flag, await requireFlag(tenantId, flag), setting);
        await change({ tenantId, flag, setting, reason, actor: principal.id });
        return { status: 204 };
      },
    }),
    defineRoute({
      method: 'delete',
      path: `${PATH}/{flag}`,
      operationId: 'resetFlag',
      tag: 'Feature flags',
      summary: 'Reset a feature flag of a tenant to what was ordered',
      description: 'The flag has again the variant and the targeting of the plan and the order.',
      access: ['flags:manage'],
      params,
      body: resetFlagRequestSchema,
      answers: { 204: { description: 'The flag is as ordered.' } },
      problems: ['state-conflict', 'key-destroyed', 'keys-unavailable'],
      handle: async ({ params: { tenantId, flag }, body: { reason }, principal }) => {
        await requireFlag(tenantId, flag);
        await change({ tenantId, flag, setting: null, reason, actor: principal.id });
        return { status: 204 };
      },
    }),
  ];
}

/** Refuses a variant that the flag does not have, and a rule that cannot be evaluated. */
function refuseUnfit(key: string, flag: FlagDefinition, setting: FlagSetting): void {
  const errors = Object.hasOwn(flag.variants, setting.variant)
    ? flagErrors(key, withSetting(flag, setting)).map(({ pointer, message }) => ({
        pointer,
        detail: `The rule ${message}.`,
      }))
    : [
        {
          pointer: '/variant',
          detail: `Is not a variant of this flag. It has ${Object.keys(flag.variants).join(', ')}.`,
        },
      ];
  if (errors.length > 0) throw new ApiProblem('invalid-body', { detail: 'The flag was not changed.', errors });
}

function viewFlag(key: string, ordered: FlagDefinition, change: FlagChange | undefined): TenantFlag {
  const flag = withSetting(ordered, change?.setting);
  const newest = change && {
    to: change.setting ? ('setting' as const) : ('ordered' as const),
    by: change.changedBy,
    at: change.changedAt.toISOString(),
    reason: change.reason,
  };
  return {
    flag: key,
    ...(flag.description === undefined ? {} : { description: flag.description }),
    variants: flag.variants,
    ...settingOf(flag),
    ordered: settingOf(ordered),
    ...(newest ? { change: newest } : {}),
  };
}

function settingOf({ defaultVariant, targeting }: FlagDefinition): FlagSetting {
  return { variant: defaultVariant, ...(targeting ? { targeting } : {}) };
}
