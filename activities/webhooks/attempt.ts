import { retryAfterSeconds, secondsToNextAttempt } from '../../contract/webhooks/next-attempt';
import type { AttemptResult } from '../../contract/webhooks/webhooks';
import { webhookMail } from '../../providers/mail/contents/webhook-mail';
import type { WebhookAnswer, WebhookSender } from '../../providers/webhooks/sender';
import {
  findOpenDelivery,
  recordAttempt,
  type EndpointNotice,
  type OpenDelivery,
  type Verdict,
} from '../../registry/webhooks/attempts';
import { wakeFollowers } from '../../registry/events/wake';
import { readSigningSecrets } from '../../registry/webhooks/endpoint-secrets';
import type { Letter } from '../../registry/operations/mails';
import type { MailDependencies } from '../dependencies';
import { sendNow } from '../notices/mail/mail-delivery';
import type { NoteWebhookAttempt, WebhookActivities } from './interface';

/** What the delivery of webhooks takes. */
export interface WebhookDependencies extends MailDependencies {
  webhookSender: WebhookSender;
  noteWebhookAttempt?: NoteWebhookAttempt;
}

const GONE = 410;

/** Activities that deliver webhooks. */
export function createWebhookActivities(dependencies: WebhookDependencies): WebhookActivities {
  const { pool, keys, webhookSender, signal, settings, noteWebhookAttempt } = dependencies;
  return {
    attemptWebhook: async ({ deliveryId, round }): Promise<AttemptResult> => {
      const delivery = await findOpenDelivery(pool, { deliveryId, round });
      if (!delivery) return { ended: true, attempts: 0 };
      const { endpointId, url, payload } = delivery;
      const secrets = await readSigningSecrets(pool, keys, endpointId);
      // The endpoint was deleted at this moment.
      if (secrets.length === 0) return { ended: true, attempts: delivery.attempts };
      const at = new Date();
      const answer = await webhookSender.send({ id: deliveryId, url, payload, secrets }, signal());
      const verdict = verdictOf(answer, delivery, at);
      const letters = await recordAttempt(
        pool,
        { deliveryId, round, endpointId },
        { ...answer, at },
        verdict,
        (notice) => lettersAbout(notice, settings),
      );
      const delivered = verdict.outcome === 'delivered' && round === 1;
      noteWebhookAttempt?.(verdict.outcome, delivered ? delivery.ageSeconds + answer.milliseconds / 1000 : undefined);
      await sendNow(dependencies, letters);
      const attempts = delivery.attempts + 1;
      if (verdict.outcome === 'retry')
        return { ended: false, attempts, waitSeconds: verdict.waitSeconds, problem: describe(answer) };
      // The next message of the tenant may be sent now.
      wakeFollowers(pool);
      return { ended: true, attempts };
    },
  };
}

/** What follows an answer. Everything but a 2xx is a failure, a redirect too: it could lead to an internal address. */
function verdictOf(
  { status, retryAfter }: WebhookAnswer,
  { attempts, elapsedSeconds }: OpenDelivery,
  at: Date,
): Verdict {
  if (status !== undefined && status >= 200 && status < 300) return { outcome: 'delivered' };
  if (status === GONE) return { outcome: 'gone' };
  const waitSeconds = secondsToNextAttempt({
    attempt: attempts + 1,
    elapsedSeconds,
    retryAfterSeconds: retryAfterSeconds(retryAfter, at),
  });
  return waitSeconds === undefined ? { outcome: 'failed' } : { outcome: 'retry', waitSeconds };
}

function describe({ status, problem }: WebhookAnswer): string {
  return problem ?? `The answer was ${status}.`;
}

function lettersAbout(
  notice: EndpointNotice,
  { operatorMail, publicUrl }: Pick<MailDependencies['settings'], 'operatorMail' | 'publicUrl'>,
): Letter[] {
  const { endpointId, about, failingSince } = notice;
  const content = webhookMail({ ...notice, apiUrl: publicUrl });
  return operatorMail.map((_address, position) => ({
    purpose: 'webhook',
    recipient: 'operator',
    position,
    detail: { content },
    mailId: `webhook-${endpointId}-${about}-${failingSince.getTime()}.${position}`,
  }));
}
