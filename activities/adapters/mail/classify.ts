import { classifyNetwork, failure, isProvisioningFailure, type Classify } from '../../failures';

/** What nodemailer tells about a failed delivery; its message quotes recipients and is never used. */
interface DeliveryError {
  code?: unknown;
  command?: unknown;
  syscall?: unknown;
  responseCode?: unknown;
}

const REFUSED = 'Check the mail server’s address, TLS and credentials, and the sender’s and the recipient’s address.';

/**
 * What a mail server's answers mean (RFC 5321 §4.2.1): 4yz may pass, 5yz will not – except 503, which says that the session was in the
 * wrong state. A connection that could not be opened did nothing; one that broke later may have delivered, and a repeat carries the
 * same Message-ID.
 */
export const classifyMail: Classify = (error, what) => {
  if (isProvisioningFailure(error)) return error;
  const { code, syscall, responseCode } = (error ?? {}) as DeliveryError;
  const options = { cause: error };
  if (typeof responseCode === 'number') {
    const may = (responseCode >= 400 && responseCode < 500) || responseCode === 503;
    return may
      ? failure('ProviderUnavailable', `${what}: the mail server answered ${responseCode}.`, options)
      : failure('ProviderRefused', `${what}: the mail server refused with ${responseCode}. ${REFUSED}`, options);
  }
  if (syscall === 'connect' || code === 'EDNS')
    return failure('ProviderUnavailable', `${what}: no connection to the mail server.`, options);
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
      return failure('ProviderRefused', `${what}: could not be handed over (${code}). ${REFUSED}`, options);
    default:
      return classifyNetwork(error, what);
  }
};

/**
 * Whether the recipient's server will never take the mail. A refusal of our login, our sender address or the connection is not of this kind:
 * it ends once the configuration is corrected. Neither is a full mailbox, although some servers answer 552 (RFC 5321 §4.5.3.1.10).
 */
export function refusesRecipient(error: unknown): boolean {
  if (isProvisioningFailure(error)) return error.type === 'ProviderRefused';
  const { command, responseCode } = (error ?? {}) as DeliveryError;
  if (typeof responseCode !== 'number' || responseCode < 500 || responseCode === 503 || responseCode === 552)
    return false;
  return command === 'RCPT TO' || command === 'DATA';
}
