import { createLogUpdate } from 'log-update';
import { eventLine } from '../event-line';
import type { ProductEvent } from '../product/product';
import type { StackEvent } from '../types';
import { ChangeLines } from './change-lines';
import type { DemoRow } from './run-demo';
import { table } from './table';

/** Output of the demonstration. */
export interface Screen {
  event(event: StackEvent | ProductEvent): void;
  rows(rows: readonly DemoRow[]): void;
  /** Prints text permanently. */
  say(text: string): void;
  /** Ends live updates and leaves their last state on the screen; more text may follow. */
  settle(): void;
}

/** Milliseconds between two lines about the same download or build on output that cannot be overwritten. */
const REMIND_EVERY_MS = 15_000;

/** Creates a live screen on a terminal. Without a terminal, or if NO_COLOR is set, prints a line for each change instead. */
export function createScreen(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Screen {
  const plain = !stream.isTTY || (environment.NO_COLOR ?? '') !== '' || environment.TERM === 'dumb';
  return plain ? plainScreen((text) => void stream.write(`${text}\n`)) : liveScreen(stream);
}

function liveScreen(stream: NodeJS.WriteStream): Screen {
  const update = createLogUpdate(stream);
  const servers = new Map<string, string>();
  let shown: 'servers' | 'rows' | undefined;
  const show = (what: 'servers' | 'rows', text: string): void => {
    // Leaves the previous block above the new one.
    if (shown !== undefined && shown !== what) update.done();
    shown = what;
    update(text);
  };
  return {
    event(event) {
      if (shown === 'rows' || event.phase === 'warning') return update.persist(eventLine(event));
      servers.set(event.server, eventLine(event));
      show('servers', [...servers.values()].join('\n'));
    },
    rows: (rows) => show('rows', table(rows, Date.now())),
    say: (text) => update.persist(text),
    settle() {
      update.done();
      shown = undefined;
      servers.clear();
    },
  };
}

function plainScreen(write: (text: string) => void): Screen {
  const changes = new ChangeLines();
  const last = new Map<string, { phase: string; at: number }>();
  return {
    event(event) {
      const before = last.get(event.server);
      if (before?.phase === event.phase && event.phase !== 'warning' && Date.now() - before.at < REMIND_EVERY_MS)
        return;
      last.set(event.server, { phase: event.phase, at: Date.now() });
      write(eventLine(event));
    },
    rows(rows) {
      for (const line of changes.next(rows)) write(line);
    },
    say: write,
    settle: () => undefined,
  };
}
