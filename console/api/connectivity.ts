import { useSyncExternalStore } from 'react';

let isInterrupted = false;
const listeners = new Set<() => void>();
const onReturn = new Set<() => void>();

/** The API has answered, whatever it said. */
export function noteAnswer(): void {
  if (!isInterrupted) return;
  set(false);
  for (const call of onReturn) call();
}

/** A request found no API, or a stream was cut. */
export function noteInterruption(): void {
  if (!isInterrupted) set(true);
}

/** Calls this each time the API answers again after an interruption. */
export function whenBack(call: () => void): void {
  onReturn.add(call);
}

/** Whether the API does not answer at present. */
export function useInterrupted(): boolean {
  return useSyncExternalStore(subscribe, () => isInterrupted);
}

function set(value: boolean): void {
  isInterrupted = value;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
