import { createTransport } from 'nodemailer';
import type { MailPurpose } from '../../contract/maintenance/mail-delivery';
import { failure, type Classify } from '../port/failures';
import { requestSignal } from '../port/request-signal';
import { tracedCall } from '../port/traced-call';
import { classifyMail } from './classify';
import { oneLine } from './text';

/** Where mail is handed over, and the sender it carries. */
export interface MailSettings {
  /** `smtp://host:port` or `smtps://user:password@host:465`; `smtp://…?requireTLS=true` insists on STARTTLS. */
  url: string;
  /** Sender; an address without a display name. */
  from: string;
}

/** A mail to one person. */
export interface Mail {
  /** Recipient; an address without a display name. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** BCP 47 tag of the language that the mail is written in. */
  language?: string | undefined;
  /** Identifies the mail when it is sent again; see {@link mailId}. */
  messageId: string;
}

/** Sends mail over SMTP. */
export interface Mailer {
  /**
   * Hands a mail to the server, without retries. A repeat carries the same `Message-ID`, so mailboxes can recognise it. Throws nodemailer's
   * errors, and `ProviderRefused` unless `to` is exactly one address.
   */
  send(mail: Mail, signal?: AbortSignal): Promise<void>;
  /** Resolves once the server has answered and accepted the credentials. */
  ping(signal: AbortSignal): Promise<void>;
  classify: Classify;
  close(): Promise<void>;
}

/**
 * The identity of a mail: one for each operation, purpose and recipient (a number or role, never the address). A status that an operation
 * can reach several times also needs a `turn`, so that each occurrence gets a mail of its own.
 */
export function mailId(
  operationId: string,
  purpose: MailPurpose,
  recipient: string | number = 0,
  turn?: string,
): string {
  return `${operationId}.${purpose}.${recipient}${turn === undefined ? '' : `.${turn}`}`;
}

/** Milliseconds that the server may stay silent, and that a whole delivery may take; both fit into an activity's 60 s. */
const IDLE_MS = 10_000;
const DELIVERY_MS = 30_000;

/** Creates a mailer; it does not connect before its first call. */
export function createMailer({ url, from }: MailSettings): Mailer {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const transport = createTransport({
    url,
    connectionTimeout: IDLE_MS,
    greetingTimeout: IDLE_MS,
    socketTimeout: IDLE_MS,
    dnsTimeout: IDLE_MS,
    // Only the given strings become part of a mail: nodemailer must never read a file or fetch a URL for them.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async ({ to, subject, text, html, language, messageId }, signal) => {
      const recipient = singleAddress(to);
      const mail = {
        from,
        to: { name: '', address: recipient },
        // The explicit envelope alone decides who receives the mail; no header can add a recipient.
        envelope: { from, to: [recipient] },
        subject: oneLine(subject),
        text,
        html,
        messageId: `<${messageId}@${domain}>`,
        headers: {
          'Auto-Submitted': 'auto-generated', // RFC 3834 §5: no out-of-office replies
          ...(language === undefined ? {} : { 'Content-Language': oneLine(language) }),
        },
        signal: signal ? requestSignal(signal, DELIVERY_MS) : AbortSignal.timeout(DELIVERY_MS),
      };
      await tracedCall({ provider: 'mail', operation: 'send' }, () => transport.sendMail(mail));
    },
    ping: async (signal) => {
      signal.throwIfAborted();
      await tracedCall({ provider: 'mail', operation: 'verify' }, () => transport.verify());
    },
    classify: classifyMail,
    close: () => Promise.resolve(transport.close()),
  };
}

/** Returns `to` if it is exactly one plain address; throws otherwise. */
function singleAddress(to: string): string {
  if (/^[^\s\p{C}<>()[\]\\,;:"@]+@[^\s\p{C}<>()[\]\\,;:"@]+$/u.test(to)) return to;
  throw failure(
    'ProviderRefused',
    'Recipient of a mail is not exactly one plain address. Correct it in the order or the configuration.',
  );
}
