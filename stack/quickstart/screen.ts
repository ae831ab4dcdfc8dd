import { createLogUpdate } from 'log-update';
import { eventLine } from '../event-line';
import type { ProductEvent } from '../product';
import type { StackEvent } from '../types';
import { ChangeLines } from './change-lines';
import type { DemoRow } from './run-demo';
import { table } from './table';

/** Where the demonstration is shown. */
export interface Screen {
  event(event: StackEvent | ProductEvent): void;
  rows(rows: readonly DemoRow[]): void;
  /** Text that stays. */
  say(text: string): void;
  /** Leaves what is shown where it is; more may be said afterwards. */
  settle(): void;
}

/** How often a download or build that goes on is mentioned where nothing can be overwritten, in milliseconds. */
const REMIND_EVERY_MS = 15_000;

/** A live one on a terminal, unless NO_COLOR asks for plain text; else a line for each change. */
export function createScreen(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Screen {
  const plain = !stream.isTTY || (environment.NO_COLOR ?? '') !== '' || environment.TERM === 'dumb';
  return plain ? plainScreen((text) => void stream.write(`${text}\n`)) : liveScreen(stream);
}

function liveScreen(stream: NodeJS.WriteStream): Screen {
  const update = createLogUpdate(stream);
  const servers = new Map<string, string>();
  let shown: 'servers' | 'rows' | undefined;
  const show = (what: 'servers' | 'rows', text: string): void => {
    // What was shown before stays above.
    if (shown !== undefined && shown !== what) update.done();
    shown = what;
    update(text);
  };
  return {
    event(event) {
      if (shown === 'rows') return update.persist(eventLine(event));
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
      if (before?.phase === event.phase && Date.now() - before.at < REMIND_EVERY_MS) return;
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
