import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyCertificate } from '../../cli/verify-certificate/verify';
import { hasEnded, SUCCESS_STATUSES } from '../../contract/operations/states';
import type { Operation } from '../../contract/schemas/operation-schema';
import { writeJson } from '../processes/state';
import type { ApiClient, Change } from './api-client';
import { failedStep, secondsOf } from './table';

const POLL_EVERY_MS = 300;

/** What happens to the tenant, in order, and what to say when it has. */
const ACTS: readonly (Change & { says: string })[] = [
  {
    verb: 'suspend',
    body: { reason: 'non_payment' },
    says: 'every login, key and object was refused when tried from outside',
  },
  { verb: 'resume', body: {}, says: 'open as before, tried from outside again' },
  { verb: 'deprovision', body: { reason: 'customer_request', graceDays: 0 }, says: 'removed at every provider' },
];

/** Input of {@link liveOn}. */
export interface LifeOptions {
  api: ApiClient;
  tenantId: string;
  /** Folder of the demonstration's state; the certificate is kept in it. */
  dir: string;
  signal: AbortSignal;
  say: (text: string) => void;
  timeoutMs?: number;
}

/**
 * Suspends a tenant, resumes it, removes it and verifies the certificate of its removal, with a line for each. Returns every unexpected
 * result in a sentence.
 */
export async function liveOn({ api, tenantId, dir, signal, say, timeoutMs = 120_000 }: LifeOptions): Promise<string[]> {
  for (const act of ACTS) {
    const { verb, says } = act;
    const { operationId } = await api.change(tenantId, act);
    const operation = await untilEnded(api, operationId, timeoutMs, signal);
    const took = `${secondsOf(operation, Date.now()).toFixed(1).padStart(5)} s`;
    if (!SUCCESS_STATUSES.includes(operation.status)) {
      const why = operation.failure ? failedStep(operation.failure) : 'see its operation in the API';
      return [`${verb} of tenant ${tenantId} is ${operation.status} after ${took.trim()}: ${why}`];
    }
    say(`${verb.padEnd(12)}${took}  ${says}`);
  }
  return certify({ api, tenantId, dir, say });
}

async function untilEnded(
  api: ApiClient,
  operationId: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Operation> {
  for (const deadline = Date.now() + timeoutMs; ; await sleep(POLL_EVERY_MS, undefined, { signal })) {
    const operation = await api.operation(operationId);
    if (hasEnded(operation.status) || operation.status === 'needs_operator' || Date.now() > deadline) return operation;
  }
}

async function certify({
  api,
  tenantId,
  dir,
  say,
}: Pick<LifeOptions, 'api' | 'tenantId' | 'dir' | 'say'>): Promise<string[]> {
  const [document, keys] = await Promise.all([api.certificate(tenantId), api.auditKeys()]);
  const folder = join(dir, 'certificates');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${tenantId}.json`);
  writeJson(file, document);
  writeJson(join(folder, 'keys.json'), keys);
  const { verdict, certificate, findings } = await verifyCertificate({ document, keys });
  if (verdict !== 'valid' || !certificate)
    return [`The certificate of tenant ${tenantId} is ${verdict}: ${findings.map(({ message }) => message).join(' ')}`];
  const answers = certificate.resources.reduce((sum, { asked }) => sum + asked.length, 0);
  say(
    [
      `certificate         ${certificate.headline}`,
      `                    ${certificate.resources.length} resources, ${answers} answers of their providers; ${certificate.retained.length} things stay, each with its reason`,
      `                    verified without the API: npx tsx cli/main.ts verify-certificate ${file} --key ${join(folder, 'keys.json')}`,
    ].join('\n'),
  );
  return [];
}
