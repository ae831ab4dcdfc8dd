import pc from 'picocolors';
import type { ProductEvent } from './product';
import type { StackEvent } from './types';

/** One line about what a server or a process of the product does, for a person. */
export function eventLine({ server, phase, detail, seconds, percent }: StackEvent | ProductEvent): string {
  const paint = { ready: pc.green, unavailable: pc.red, stopped: pc.dim }[phase as string] ?? ((text: string) => text);
  const figures = [percent === undefined ? '' : `${percent} %`, seconds === undefined ? '' : `${seconds.toFixed(1)} s`];
  return [server.padEnd(11), paint(phase.padEnd(12)), ...figures, detail ?? ''].filter(Boolean).join(' ');
}
