import pc from 'picocolors';
import type { ProductEvent } from './product/product';
import type { StackEvent } from './types';

/** Renders an event of a server or of a product process as one line for the terminal. */
export function eventLine({ server, phase, detail, seconds, percent }: StackEvent | ProductEvent): string {
  const paint =
    { ready: pc.green, unavailable: pc.red, warning: pc.yellow, stopped: pc.dim }[phase as string] ??
    ((text: string) => text);
  const figures = [percent === undefined ? '' : `${percent} %`, seconds === undefined ? '' : `${seconds.toFixed(1)} s`];
  return [server.padEnd(11), paint(phase.padEnd(12)), ...figures, detail ?? ''].filter(Boolean).join(' ');
}
