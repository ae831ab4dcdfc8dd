import type { Product } from '../product';
import type { ApiClient } from './api-client';
import { addresses, exampleCalls } from './calls';
import { claimByMail, type FirstLogin } from './first-login';
import { surprises } from './outcome';
import { ask } from './proof/question';
import { allQuestions } from './proof/questions';
import type { DemoRow } from './run-demo';
import { inventory, outcomes, proofTable, section } from './summary';

/** What the report rests on. */
export interface ReportOptions {
  api: ApiClient;
  product: Product;
  rows: readonly DemoRow[];
  /** When the demonstration began. */
  began: Date;
  endpointsFile: string;
  say: (text: string) => void;
}

/** Says what came of the demonstration, with the proof that the failed tenants left nothing. True when all was as expected. */
export async function report({ api, product, rows, began, endpointsFile, say }: ReportOptions): Promise<boolean> {
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

  const wrong = surprises(rows, proof);
  const [first] = active;
  if (first) {
    try {
      say(
        section(
          `What the first admin of ${first.tenantName} did`,
          told(await claimByMail(api, endpoints, first.tenantId)),
        ),
      );
    } catch (error) {
      wrong.push(`The credentials of ${first.tenantName} could not be claimed: ${(error as Error).message}`);
    }
    say(exampleCalls(url, first.operationId, first.tenantId, endpointsFile));
  }
  say(addresses(url, endpoints, endpointsFile));
  if (wrong.length > 0) say(section('Not as expected', wrong.map((line) => `- ${line}`).join('\n')));
  return wrong.length === 0;
}

function told({ subject, username, adminAccessUrl, passwordLength, apiKeys }: FirstLogin): string {
  return [
    `read the mail "${subject}" and followed its link, which works once;`,
    `got a temporary password of ${passwordLength} characters for ${username}, and the API keys ${apiKeys.join(', ')};`,
    `logs in at ${adminAccessUrl}`,
  ].join('\n');
}
