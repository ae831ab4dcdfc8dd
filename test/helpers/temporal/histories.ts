import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { operationWorkflowId } from '../../../contract/operations/messages';
import { HISTORIES, version } from '../../replay/frozen';
import type { TestProduct } from '../product';

type History = temporal.api.history.v1.IHistory;

/** How much of the server a run takes. */
export interface HistorySize {
  events: number;
  bytes: number;
}

/** A run's history as Temporal has it, encrypted. */
export async function historyOf({ temporal: client }: TestProduct, operationId: string): Promise<History> {
  return client.workflow.getHandle(operationWorkflowId(operationId)).fetchHistory();
}

/** Events and bytes of a history, as the server counts them. */
export function sizeOf(history: History): HistorySize {
  return {
    events: history.events?.length ?? 0,
    bytes: Buffer.from(temporal.api.history.v1.History.encode(history).finish()).length,
  };
}

/** Decrypts the payloads of a history in place, and leaves undecodable ones as they are. */
export async function decrypted(history: History, codec: PayloadCodec): Promise<History> {
  for (const holder of payloadsIn(history)) {
    const plain = await decodedOrNot(holder, codec);
    // What was not encrypted comes back itself.
    if (plain === holder) continue;
    // A payload of nothing has no data of its own.
    Object.assign(holder, { data: new Uint8Array() }, plain);
  }
  return history;
}

/** Decodes a payload. An undecodable one, which any client of Temporal can send, is returned unchanged. */
export async function decodedOrNot(payload: Payload, codec: PayloadCodec): Promise<Payload> {
  return codec.decode([payload]).then(
    ([plain]) => plain ?? payload,
    () => payload,
  );
}

/** Every payload inside a message of Temporal's protocol. */
export function payloadsIn(message: unknown): Payload[] {
  if (typeof message !== 'object' || message === null || message instanceof Uint8Array) return [];
  // Nothing else in a history has these two.
  if ('metadata' in message && 'data' in message) return [message as Payload];
  return Object.values(message).flatMap(payloadsIn);
}

/**
 * With RECORD_HISTORIES set, keeps the run for the replay tests as `<name>.json`: decrypted – there are ids in it and nothing else – and without
 * the names of processes and machines.
 */
export async function record(name: string, history: History, codec: PayloadCodec): Promise<void> {
  if (process.env.RECORD_HISTORIES === undefined) return;
  const folder = path.join(HISTORIES, version());
  mkdirSync(folder, { recursive: true });
  const recorded: unknown = JSON.parse(historyToJSON(await decrypted(history, codec)));
  const json = JSON.stringify(recorded, (key, value: unknown) => {
    if (key === 'identity') return 'worker';
    if (key === 'stackTrace') return '';
    // A worker's own queue is named after its process.
    return key === 'name' && /^\d+@/.test(String(value)) ? 'sticky' : value;
  });
  writeFileSync(path.join(folder, `${name}.json`), `${json}\n`);
}
