import type { ScimAnswer } from './answer';
import { ScimError } from './errors';
import { listGroups } from './groups/groups';
import type { ScimContext } from './tenant';
import { listUsers } from './users/users';
import { type Asked, listResponse, windowOf } from './window';

/**
 * `POST /.search` (RFC 7644 §3.4.3): users, then groups. A filter about attributes that one of them lacks finds none of these, and is refused
 * if it suits neither.
 */
export async function searchAll(context: ScimContext, asked: Asked): Promise<ScimAnswer> {
  const { first, max } = windowOf(asked);
  const resources: object[] = [];
  const refusals: unknown[] = [];
  let total = 0;
  for (const list of [listUsers, listGroups]) {
    const startIndex = String(Math.max(0, first - total) + 1);
    const query = { ...asked.query, startIndex, count: String(max - resources.length) };
    try {
      const page = (await list(context, { query })).body as { totalResults: number; Resources: object[] };
      total += page.totalResults;
      resources.push(...page.Resources);
    } catch (error) {
      if (!(error instanceof ScimError) || error.scimType !== 'invalidFilter') throw error;
      refusals.push(error);
    }
  }
  if (refusals.length > 1) throw refusals[0];
  return { status: 200, body: listResponse(total, { first }, resources) };
}
