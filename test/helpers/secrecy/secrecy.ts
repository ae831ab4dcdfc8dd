import { createPayloadCodec } from '../../../contract/temporal/payload-codec';
import { parseKeyRing } from '../../../contract/keys/key-ring';
import { temporal } from '@temporalio/proto';
import { decodedOrNot, payloadsIn } from '../temporal/histories';
import type { TestProduct } from '../product';

/** Something secret in a place where it must not be. */
export interface Leak {
  where: string;
  /** The beginning of it. */
  secret: string;
}

/** What was looked for and where; so that a search in nothing, or for nothing, does not pass. */
export interface Search {
  leaks: Leak[];
  secrets: number;
  histories: number;
  mails: number;
}

/**
 * Looks for every secret the registry has ever held, the tokens of claim links, payment methods and the admins' addresses in all places that are not
 * meant for them: each history of the namespace as it is stored and decrypted, Temporal's visibility, both processes' logs, all mails.
 */
export async function searchForSecrets(product: TestProduct): Promise<Search> {
  const mails = (await product.mails()).map(({ text = '', html = '', subject }) => `${subject}\n${text}\n${html}`);
  const tokens = mails.flatMap((mail) =>
    [...mail.matchAll(/\/claim#[a-z0-9]{16}\.([A-Za-z0-9_-]+)/g)].map(([, token]) => token!),
  );
  // A storage user's name is its id; the secret beside it is what nobody may see.
  const kept = (await product.secrets()).filter((secret) => !/^t-[a-z0-9]{16}$/.test(secret));
  const personal = ['@quarry.example', 'pm_card_'];
  const leaks: Leak[] = [];
  const look = (where: string, content: Buffer, secrets: readonly string[]): void => {
    for (const secret of secrets) if (content.includes(secret)) leaks.push({ where, secret: `${secret.slice(0, 6)}…` });
  };

  const everything = [...new Set([...kept, ...tokens]), ...personal];
  const { histories, visibility } = await temporalKnows(product);
  // What every run's input has: without it nothing was decrypted, and nothing would be found.
  const unread = histories.filter(
    ({ id, content }) => id.startsWith('operation/') && !content.includes('"operationId":'),
  );
  if (unread.length > 0) throw new Error(`${unread.length} histories could not be read.`);
  for (const { id, content } of histories) look(`history of ${id}`, content, everything);
  look('visibility', visibility, [...everything, 'quarry-', 'Quarry']);
  look('logs', Buffer.from(product.logs()), everything);
  for (const mail of mails) look(`mail "${mail.slice(0, 60)}"`, Buffer.from(mail), [...kept, 'pm_card_']);
  return { leaks, secrets: everything.length, histories: histories.length, mails: mails.length };
}

async function temporalKnows({ blindTemporal, namespace, env }: TestProduct) {
  const codec = createPayloadCodec(parseKeyRing(env.CODEC_KEY_RING!));
  const service = blindTemporal.connection.workflowService;
  const listed = await service.listWorkflowExecutions({ namespace, pageSize: 1000 });
  const histories: { id: string; content: Buffer }[] = [];
  for (const { execution } of listed.executions) {
    const history = await blindTemporal.workflow.getHandle(execution!.workflowId!).fetchHistory();
    const stored = Buffer.from(temporal.api.history.v1.History.encode(history).finish());
    const plain = await Promise.all(payloadsIn(history).map((payload) => decodedOrNot(payload, codec)));
    histories.push({
      id: execution!.workflowId!,
      content: Buffer.concat([stored, ...plain.map(({ data }) => Buffer.from(data ?? []))]),
    });
  }
  const encode = temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse.encode(listed);
  return { histories, visibility: Buffer.from(encode.finish()) };
}
