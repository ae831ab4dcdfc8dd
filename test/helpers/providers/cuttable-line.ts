import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { noticed, type Rule } from './fault-proxy';

/** What befalls a client's bytes that a rule meets; the actions of `Fault`, on a line that is not HTTP. */
export interface LineFault {
  /** Tested on the bytes a client sends at once, read as Latin-1. */
  sends: RegExp;
  /** If given: the action is done when the same connection later sends this, for instance `commit`. */
  then?: RegExp;
  does: 'reset' | 'lose' | 'mute' | 'hold' | 'withhold';
  /** How often it is done; without it always. */
  times?: number;
}

/** A TCP line to a server that can be cut, paused and mended, and that can lose single messages. */
export interface CuttableLine {
  /** `127.0.0.1:port` */
  address: string;
  add(fault: LineFault): Rule;
  /** Ends all rules. */
  clear(): void;
  /** Breaks every connection and refuses new ones. */
  cut(): void;
  /** Nothing gets through in this direction any more, and nobody is told. */
  pause(direction: 'up' | 'down'): void;
  /** After `cut` or `pause`: new connections work; paused ones are broken, and what was under way on them is lost. */
  mend(): void;
  close(): Promise<void>;
}

interface Active extends LineFault {
  left: number;
  met: number;
  onHit: () => void;
  released: Promise<void>;
  release: () => void;
}

/** Opens a line to `host:port`. */
export async function startLine(target: string): Promise<CuttableLine> {
  const [host, port] = target.split(':');
  const sockets = new Set<Socket>();
  const rules = new Set<Active>();
  let whole = true;
  let paused: 'up' | 'down' | undefined;
  const server = createServer((near) => {
    if (!whole) return void near.destroy();
    const far = connect(Number(port), host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    }
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
    relay(near, far);
  });

  function relay(near: Socket, far: Socket): void {
    /** Rules whose first sight this connection has given. */
    const seen = new Set<Active>();
    let answers: 'pass' | 'drop' | 'break' | Promise<void> = 'pass';
    let upward = Promise.resolve();
    const meet = (text: string): Active | undefined => {
      for (const rule of rules) {
        if (rule.left < 1) continue;
        const due = rule.then !== undefined && seen.has(rule) ? rule.then.test(text) : rule.sends.test(text);
        if (due && rule.then !== undefined && !seen.has(rule)) seen.add(rule);
        else if (due) return rule;
      }
      return undefined;
    };
    const send = async (chunk: Buffer): Promise<void> => {
      const rule = meet(chunk.toString('latin1'));
      if (rule) {
        rule.left -= 1;
        rule.met += 1;
        rule.onHit();
        if (rule.does === 'reset') return void near.destroy();
        if (rule.does === 'hold') await rule.released.then(noticed);
        if (rule.does === 'mute') answers = 'drop';
        if (rule.does === 'lose') answers = 'break';
        if (rule.does === 'withhold') answers = rule.released;
      }
      // Who waited has gone away meanwhile.
      if (!near.destroyed && paused !== 'up') far.write(chunk);
    };
    near.on('data', (chunk: Buffer) => {
      upward = upward.then(() => send(chunk));
    });
    let downward = Promise.resolve();
    far.on('data', (chunk: Buffer) => {
      if (answers === 'drop' || paused === 'down') return;
      if (answers === 'break') return void near.destroy();
      const allowed = answers;
      downward = downward.then(async () => {
        if (allowed !== 'pass') await allowed;
        if (!near.destroyed) near.write(chunk);
      });
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const release = (rule: Active): void => {
    rules.delete(rule);
    rule.release();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (fault) => {
      let onHit = (): void => {};
      let onRelease = (): void => {};
      const hit = new Promise<void>((resolve) => (onHit = resolve));
      const released = new Promise<void>((resolve) => (onRelease = resolve));
      const rule: Active = { ...fault, left: fault.times ?? Infinity, met: 0, onHit, released, release: onRelease };
      rules.add(rule);
      return {
        hit,
        release: () => release(rule),
        get met() {
          return rule.met;
        },
      };
    },
    clear: () => [...rules].forEach(release),
    cut: () => {
      whole = false;
      breakAll();
    },
    pause: (direction) => void (paused = direction),
    mend: () => {
      whole = true;
      if (paused === undefined) return;
      breakAll();
      paused = undefined;
    },
    close: async () => {
      [...rules].forEach(release);
      whole = false;
      breakAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
