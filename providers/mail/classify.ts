import { classifyNetwork, failure, isProvisioningFailure, type Classify } from '../port/failures';

/** The fields of nodemailer's errors that are safe to read: `message` quotes recipients, so it is never used. */
interface DeliveryError {
  code?: unknown;
  command?: unknown;
  syscall?: unknown;
  responseCode?: unknown;
}

const REFUSED = 'Check the mail server’s address, TLS and credentials, and the addresses of sender and recipient.';

/**
 * Translates a mail server's reply codes (RFC 5321 §4.2.1): 4yz is temporary and 5yz permanent, except 503, which only means that the
 * session was in the wrong state. If no connection could be opened, nothing was sent. If it broke later, the mail may have been delivered;
 * sending it again is safe because the repeat carries the same Message-ID.
 */
export const classifyMail: Classify = (error, what) => {
  if (isProvisioningFailure(error)) return error;
  const { code, syscall, responseCode } = (error ?? {}) as DeliveryError;
  const options = { cause: error };
  if (typeof responseCode === 'number') {
    const temporary = (responseCode >= 400 && responseCode < 500) || responseCode === 503;
    return temporary
      ? failure('ProviderUnavailable', `${what}: the mail server answered ${responseCode}.`, options)
      : failure('ProviderRefused', `${what}: the mail server refused with ${responseCode}. ${REFUSED}`, options);
  }
  if (syscall === 'connect' || code === 'EDNS')
    return failure('ProviderUnavailable', `${what}: could not connect to the mail server.`, options);
  switch (code) {
    case 'ETIMEDOUT':
    case 'ECONNECTION':
    case 'ESOCKET':
    case 'EPROTOCOL':
    case 'EABORT':
      return failure('AnswerLost', `${what}: the connection to the mail server broke (${code}).`, options);
    case 'EAUTH':
    case 'ENOAUTH':
    case 'ETLS':
    case 'EENVELOPE':
    case 'EMESSAGE':
      return failure('ProviderRefused', `${what}: the mail server did not accept it (${code}). ${REFUSED}`, options);
    default:
      return classifyNetwork(error, what);
  }
};

/**
 * Whether the server refuses the recipient or the mail itself permanently. A refused login, sender address or connection does not count,
 * because correcting the configuration ends it; nor does a full mailbox, although some servers answer 552 for it (RFC 5321 §4.5.3.1.10).
 */
export function refusesRecipient(error: unknown): boolean {
  if (isProvisioningFailure(error)) return error.type === 'ProviderRefused';
  const { command, responseCode } = (error ?? {}) as DeliveryError;
  if (typeof responseCode !== 'number' || responseCode < 500 || responseCode === 503 || responseCode === 552)
    return false;
  return command === 'RCPT TO' || command === 'DATA';
}
