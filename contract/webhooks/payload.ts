import type { NumberedEvent } from '../events/events';
import { TEST_TYPE } from './webhooks';

/** The parts of a numbered event that a message reports. */
export type ReportedEvent = Pick<NumberedEvent, 'sequence' | 'at' | 'tenantId' | 'operationId'> & {
  type: string;
  data: object;
};

/** The body of the message that reports an event: its type, its time, and its ids and enumerations with links into the API. */
export function webhookPayload(
  { sequence, at, type, tenantId, operationId, data }: ReportedEvent,
  publicUrl: string,
): string {
  const links = {
    ...(operationId === null ? {} : { operation: `${publicUrl}/v1/operations/${operationId}` }),
    ...(tenantId === null ? {} : { tenant: `${publicUrl}/v1/tenants/${tenantId}` }),
  };
  return JSON.stringify({
    type,
    timestamp: at.toISOString(),
    data: {
      ...data,
      sequence,
      ...(tenantId === null ? {} : { tenantId }),
      ...(operationId === null ? {} : { operationId }),
      links,
    },
  });
}

/** The body of a test message. */
export function testPayload(endpointId: string, publicUrl: string, at: Date): string {
  const links = { endpoint: `${publicUrl}/v1/webhook-endpoints/${endpointId}` };
  return JSON.stringify({ type: TEST_TYPE, timestamp: at.toISOString(), data: { endpointId, links } });
}
