import type { Operation } from '../../contract/schemas/operation-schema';
import type { Product } from '../product/product';
import type { ApiClient } from './api-client';
import { addresses, exampleCalls } from './calls';
import { liveOn } from './life';
import { claimByMail, type FirstLogin } from './first-login';
import { unexpectedResults } from './outcome';
import { ask } from './proof/question';
import { allQuestions } from './proof/questions';
import type { DemoRow } from './run-demo';
import { inventory, outcomes, proofTable, section } from './summary';

/** Input of the report. */
export interface ReportOptions {
  api: ApiClient;
  product: Product;
  rows: readonly DemoRow[];
  /** Start time of the demonstration. */
  began: Date;
  endpointsFile: string;
  /** Folder of the demonstration's state. */
  dir: string;
  signal: AbortSignal;
  say: (text: string) => void;
}

/** Prints the results, with the proof that failed tenants left nothing behind. Returns whether everything was as expected. */
export async function report(options: ReportOptions): Promise<boolean> {
  const { api, product, rows, began, endpointsFile, say } = options;
  const { url, endpoints } = product;
  say(outcomes(rows));
  const active = rows.filter(({ operation }) => operation.status === 'active').map(({ operation }) => operation);
  const failed = rows.filter(({ operation }) => operation.status === 'failed').map(({ operation }) => operation);
  say(inventory(await Promise.all(active.map(({ tenantId }) => api.tenant(tenantId)))));

  const proof = await ask(allQuestions(endpoints, began), {
    failed: failed.map(({ tenantId }) => tenantId),
    active: active.map(({ tenantId }) => tenantId),
  });
  say(proofTable(failed.map(({ tenantName = '' }) => tenantName).join(' and '), proof));

  const unexpected = unexpectedResults(rows, proof);
  const [first] = active;
  if (first) {
    try {
      say(
        section(
          `What the first admin of ${first.tenantName} has done`,
          describeLogin(await claimByMail(api, endpoints, first.tenantId)),
        ),
      );
    } catch (error) {
      unexpected.push(`The credentials of ${first.tenantName} could not be claimed: ${(error as Error).message}`);
    }
    unexpected.push(...(await leave(options, active.at(-1)!)));
    say(exampleCalls(url, first.operationId, first.tenantId, endpointsFile));
  }
  say(addresses(url, endpoints, endpointsFile));
  if (unexpected.length > 0) say(section('Unexpected results', unexpected.map((line) => `- ${line}`).join('\n')));
  return unexpected.length === 0;
}

/** The last act: one tenant is suspended, resumed and removed; then the providers are asked what they still have of it. */
async function leave(
  { api, product, began, dir, signal, say }: ReportOptions,
  { tenantId, tenantName = tenantId }: Operation,
): Promise<string[]> {
  say(section(`The rest of the life of ${tenantName}`, ''));
  try {
    const unexpected = await liveOn({ api, tenantId, dir, signal, say });
    const answers = await ask(allQuestions(product.endpoints, began), { failed: [tenantId], active: [] });
    const left = answers.filter(({ failed }) => failed !== 0);
    if (left.length === 0) say(`${answers.length} questions to the providers themselves: nothing of it is left.`);
    return [...unexpected, ...unexpectedResults([], left)];
  } catch (error) {
    if (signal.aborted) throw error;
    return [`${tenantName} could not be removed: ${(error as Error).message}`];
  }
}

function describeLogin({ subject, username, adminAccessUrl, passwordLength, apiKeys }: FirstLogin): string {
  return [
    `read the mail "${subject}" and followed its link, which works once;`,
    `got a temporary password of ${passwordLength} characters for ${username}, and the API keys ${apiKeys.join(', ')};`,
    `can now log in at ${adminAccessUrl}`,
  ].join('\n');
}
