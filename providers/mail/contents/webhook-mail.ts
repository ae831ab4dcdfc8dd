import { DELIVERY_DAYS, FAILING_DAYS } from '../../../contract/webhooks/webhooks';
import { pageOf } from '../calls';
import { paragraph, render, type Rendered } from '../layout';
import { utc } from '../text';

/** An endpoint that fails, or has been disabled. */
export interface FailingEndpoint {
  endpointId: string;
  owner: string;
  url: string;
  about: 'gone' | 'failing' | 'warning';
  failingSince: Date;
  /** Base URL of the API. */
  apiUrl: string;
}

/** Renders the mail to the operators about a webhook endpoint. Of its URL only the host is named, because the rest may hold a secret. */
export function webhookMail({ endpointId, owner, url, about, failingSince, apiUrl }: FailingEndpoint): Rendered {
  const which = `The webhook endpoint ${endpointId} of ${owner} at ${new URL(url).host}`;
  const path = `/v1/webhook-endpoints/${endpointId}`;
  const since = utc(failingSince);
  const texts: Record<FailingEndpoint['about'], { subject: string; what: string; next: string }> = {
    gone: {
      subject: 'disabled: it answers 410 Gone',
      what: `${which} has answered 410 Gone, which means that it wants no more messages. It is disabled, and its open deliveries are cancelled.`,
      next: 'If this was a mistake, its owner enables it again and has the cancelled messages delivered.',
    },
    failing: {
      subject: `disabled after ${FAILING_DAYS} days of failures`,
      what: `${which} has answered no message successfully since ${since}. It is disabled, and its open deliveries are cancelled.`,
      next: 'Once it works again, its owner enables it and has the failed and cancelled messages delivered.',
    },
    warning: {
      subject: 'only fails',
      what: `${which} has answered no message successfully since ${since}. Each message is tried for ${DELIVERY_DAYS} days.`,
      next: `After ${FAILING_DAYS} days of failures the endpoint is disabled. Tell its owner.`,
    },
  };
  const { subject, what, next } = texts[about];
  return render(`[webhooks] Endpoint ${endpointId} ${subject}`, [
    paragraph(what),
    paragraph(next),
    {
      kind: 'list',
      items: [`Endpoint: ${pageOf(apiUrl, path)}`, `Its messages: ${pageOf(apiUrl, `${path}/deliveries`)}`],
    },
  ]);
}
