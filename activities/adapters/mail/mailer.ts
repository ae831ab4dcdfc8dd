import { createTransport } from 'nodemailer';
import type { MailPurpose } from '../../../contract/mails';
import { failure, type Classify } from '../../failures';
import { requestSignal } from '../../request-signal';
import { classifyMail } from './classify';
import { oneLine } from './text';

/** How mail leaves. */
export interface MailSettings {
  /** `smtp://host:port` or `smtps://user:password@host:465`; `smtp://…?requireTLS=true` insists on STARTTLS. */
  url: string;
  /** Sender, a bare address. */
  from: string;
}

/** A mail to one person. */
export interface Mail {
  /** A bare address. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** What makes it the same mail when it is sent again, see {@link mailId}. */
  messageId: string;
}

/** Sends mail. */
export interface Mailer {
  /**
   * Hands a mail to the server; a repeat carries the same `Message-ID`, so mailboxes can tell it is one. Nothing is retried. Throws what
   * nodemailer throws, and `ProviderRefused` for an address that is not exactly one.
   */
  send(mail: Mail, signal?: AbortSignal): Promise<void>;
  /** Resolves when the server greets and takes the credentials. */
  ping(signal: AbortSignal): Promise<void>;
  classify: Classify;
  close(): Promise<void>;
}

/**
 * The identity of a mail: one a purpose, recipient (a number or role, never the address) and, where people are told of the same more than
 * once, turn.
 */
export function mailId(
  operationId: string,
  purpose: MailPurpose,
  recipient: string | number = 0,
  turn?: string,
): string {
  return `${operationId}.${purpose}.${recipient}${turn === undefined ? '' : `.${turn}`}`;
}

/** Milliseconds without a sign from the server, and for a whole delivery; an activity has 60 s. */
const IDLE_MS = 10_000;
const DELIVERY_MS = 30_000;

/** A mailer over SMTP; nothing is sent before the first call. */
export function createMailer({ url, from }: MailSettings): Mailer {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const transport = createTransport({
    url,
    connectionTimeout: IDLE_MS,
    greetingTimeout: IDLE_MS,
    socketTimeout: IDLE_MS,
    dnsTimeout: IDLE_MS,
    // A mail is made of the strings given; nothing in them makes this process read a file or a URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async ({ to, subject, text, html, messageId }, signal) => {
      const recipient = singleAddress(to);
      await transport.sendMail({
        from,
        to: { name: '', address: recipient },
        // The envelope is given outright: no header decides who gets the mail.
        envelope: { from, to: [recipient] },
        subject: oneLine(subject),
        text,
        html,
        messageId: `<${messageId}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' }, // RFC 3834 §5: no out-of-office replies
        signal: signal ? requestSignal(signal, DELIVERY_MS) : AbortSignal.timeout(DELIVERY_MS),
      });
    },
    ping: async (signal) => {
      signal.throwIfAborted();
      await transport.verify();
    },
    classify: classifyMail,
    close: () => Promise.resolve(transport.close()),
  };
}

/** The address, if it is exactly one and holds nothing that could be more than an address. */
function singleAddress(to: string): string {
  if (/^[^\s\p{C}<>()[\]\\,;:"@]+@[^\s\p{C}<>()[\]\\,;:"@]+$/u.test(to)) return to;
  throw failure(
    'ProviderRefused',
    'A mail’s recipient is not one plain address. Correct it in the order or the configuration.',
  );
}
