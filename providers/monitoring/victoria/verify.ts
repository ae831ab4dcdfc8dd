import { randomUUID } from 'node:crypto';
import type { Check } from '../../port/check';
import { waitFor } from '../../port/wait-for';
import type { MonitoringSubject } from '../monitoring';
import type { Place } from './account';
import type { Answer } from './servers';

/** Metric and log stream that verification writes. The removal of the tenant deletes them; until then its programs may read them. */
const METRIC = 'provisioner_verification';

/** How long to look for what was sent, in milliseconds. */
const VISIBLE_MS = 10_000;

/** A sender and reader: the tenant, or the region's probe tenant. */
interface Party {
  tenantId: string;
  account: number;
  key: string;
}

/**
 * Sends a sample and a log line as the tenant and others as the probe tenant, and reads as both, each also in the other's name. What is sent
 * claims to be the other's, and what is asked for is the other's, so that only the gateway keeps them apart.
 */
export async function verifyAccount(
  { servers, settings }: Place,
  { alerts, signal }: MonitoringSubject,
  tenant: Party,
  probe: Party,
): Promise<Check[]> {
  const marks = { tenant: randomUUID(), probe: randomUUID() };

  async function write(as: Party, mark: string, pretended: Party): Promise<Answer[]> {
    const sample = `${METRIC}{mark="${mark}",tenant="${pretended.tenantId}"} 1\n`;
    const line = `${JSON.stringify({ _msg: mark, _time: new Date().toISOString(), stream: METRIC })}\n`;
    const pretending = { AccountID: String(pretended.account), 'X-Scope-OrgID': String(pretended.account) };
    return Promise.all([
      servers.atGateway({ method: 'POST', path: '/api/v1/import/prometheus', body: sample }, as.key, signal),
      servers.atGateway(
        {
          method: 'POST',
          path: '/insert/jsonline',
          parameters: { _stream_fields: 'stream' },
          // Without this type the store answers 200 and keeps nothing.
          headers: { 'content-type': 'application/stream+json', ...pretending },
          body: line,
        },
        as.key,
        signal,
      ),
    ]);
  }

  /** What a key reads of a mark, asked for in another tenant's name if one is given. */
  async function read(key: string | undefined, mark: string, of?: Party): Promise<Answer[]> {
    const selector = of ? `{mark="${mark}",tenant="${of.tenantId}"}` : `{mark="${mark}"}`;
    const pretending = of && { AccountID: String(of.account), 'X-Scope-OrgID': String(of.account) };
    return Promise.all([
      servers.atGateway(
        {
          path: '/api/v1/query',
          parameters: { query: `${METRIC}${selector}`, ...(of ? { extra_label: `tenant=${of.tenantId}` } : {}) },
        },
        key,
        signal,
      ),
      servers.atGateway(
        { path: '/select/logsql/query', parameters: { query: `"${mark}"` }, headers: { ...pretending } },
        key,
        signal,
      ),
    ]);
  }

  const written = await write(tenant, marks.tenant, probe);
  const writtenByProbe = await write(probe, marks.probe, tenant);
  await servers.flush(signal);
  /** What a key reads of its own mark, which a busy store shows some seconds later. */
  async function readOwn({ key }: Party, mark: string): Promise<Answer[]> {
    let answers: Answer[] = [];
    const seen = async (): Promise<true | undefined> => {
      answers = await read(key, mark);
      return shows(answers, mark) ? true : undefined;
    };
    await waitFor(seen, { signal, everyMs: 250, timeoutMs: VISIBLE_MS, what: 'what was sent to be readable' });
    return answers;
  }
  const own = await readOwn(tenant, marks.tenant);
  const probesOwn = await readOwn(probe, marks.probe);
  const atProbe = await read(tenant.key, marks.probe, probe);
  const fromProbe = await read(probe.key, marks.tenant, tenant);
  const anonymous = await read(undefined, marks.tenant);
  const evaluated = await servers.alertsOf(tenant.tenantId, signal);
  const { metrics, logs } = await servers.retention(signal);
  const days = `${settings.retentionDays}d`;

  const readsOwn = shows(own, marks.tenant) && shows(probesOwn, marks.probe);
  return [
    check(
      'written-read',
      'a sample and a log line that were sent with the tenant’s key are read with it',
      readsOwn,
      `sent: ${statuses([...written, ...writtenByProbe])}; read: ${statuses([...own, ...probesOwn])}`,
    ),
    check(
      'own-label',
      'what the tenant sends is its own, whatever tenant its labels name',
      own[0]!.text.includes(`"tenant":"${tenant.tenantId}"`) && !own[0]!.text.includes(probe.tenantId),
      own[0]!.text.includes(probe.tenantId) ? 'another tenant’s label was kept' : statuses(own),
    ),
    // Meaningful only because the probe reads its own.
    check('at-probe', 'the tenant’s key reads nothing of another tenant', isEmpty(atProbe), seen(atProbe)),
    check('from-probe', 'another tenant’s key reads nothing of the tenant', isEmpty(fromProbe), seen(fromProbe)),
    check(
      'anonymous',
      'nothing is read without a key',
      anonymous.every(({ status }) => status === 401),
      statuses(anonymous),
    ),
    check(
      'alerts',
      'the alert rules of the plan are evaluated for the tenant',
      alerts.every(({ name }) => evaluated.includes(name)),
      evaluated.join(', ') || 'none',
    ),
    check(
      'retention',
      `metrics and logs are kept for ${settings.retentionDays} days`,
      metrics === days && logs === days,
      `${settings.name}: metrics ${metrics}, logs ${logs}`,
    ),
  ];
}

/** The checks of a tenant whose key is not stored: none can be made. */
export function withoutKey(): Check[] {
  return [check('written-read', 'the tenant has a key for its metrics and logs', false, 'none')];
}

function check(id: string, claim: string, passed: boolean, answered: string): Check {
  return { id: `monitoring.${id}`, claim, passed, answered };
}

function shows(answers: Answer[], mark: string): boolean {
  return answers.every(({ status, text }) => status === 200 && text.includes(mark));
}

/** Whether answers are good ones without any result. An error could hide that access is open. */
function isEmpty([metrics, logs]: Answer[]): boolean {
  return (
    metrics!.status === 200 && metrics!.text.includes('"result":[]') && logs!.status === 200 && logs!.text.trim() === ''
  );
}

function seen(answers: Answer[]): string {
  return `${statuses(answers)}, ${isEmpty(answers) ? 'nothing' : 'something'}`;
}

function statuses(answers: Answer[]): string {
  return answers.map(({ status }) => status).join(', ');
}
