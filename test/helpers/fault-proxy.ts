import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What befalls a request that a rule meets. */
export interface Fault {
  method?: string;
  /** Tested on path and query. */
  path: RegExp;
  /** Tested on the body, as it is sent. */
  body?: RegExp;
  /**
   * - a number: that status, and the provider is not asked.
   * - `reset`: the connection breaks before the provider is asked.
   * - `lose`: the provider does it, then the connection breaks: the outcome is unknown to the caller.
   * - `mute`: the provider does it, and the caller never hears of it.
   * - `hold`: the provider is asked when the rule is released.
   */
  does: number | 'reset' | 'lose' | 'mute' | 'hold';
  /** Headers of the answer, where `does` is a status. */
  headers?: Record<string, string>;
  /** How many requests it meets; without it all. */
  times?: number;
  /** Asked last, once for each request the rule would meet: it meets those this says yes to. */
  when?: (request: { method: string; path: string }) => boolean;
}

/** A rule that is in force. */
export interface Rule {
  /** How many requests it has met. */
  readonly met: number;
  /** Resolves when the rule has met a request. */
  readonly hit: Promise<void>;
  /** Ends the rule and lets go what it holds. */
  release(): void;
}

/** A provider with a person at its line who can break it. */
export interface FaultProxy {
  url: string;
  add(fault: Fault): Rule;
  /** Ends all rules. */
  clear(): void;
  close(): Promise<void>;
}

interface Active extends Fault {
  left: number;
  met: number;
  onHit: () => void;
  released: Promise<void>;
  release: () => void;
}

/**
 * Forwards HTTP to `target` as it is – also the Host header, which S3 requests are signed with – but for what a rule says. A request that is
 * held and whose caller goes away is not forwarded.
 */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const active = new Set<Active>();
  // A new connection each time: one that the provider has just closed would be a fault that nobody asked for.
  const agent = new Agent({ keepAlive: false });
  const take = ({ method, url = '/' }: IncomingMessage, body: Buffer): Active | undefined => {
    const meets = (rule: Active): boolean =>
      rule.left > 0 &&
      (rule.method ?? method) === method &&
      rule.path.test(url) &&
      (rule.body === undefined || rule.body.test(body.toString())) &&
      (rule.when?.({ method: method ?? 'GET', path: url }) ?? true);
    const rule = [...active].find(meets);
    if (!rule) return undefined;
    rule.left -= 1;
    rule.met += 1;
    rule.onHit();
    return rule;
  };
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = Buffer.concat((await incoming.toArray()) as Buffer[]);
    const rule = take(incoming, body);
    if (rule?.does === 'reset') return void incoming.socket.destroy();
    if (typeof rule?.does === 'number')
      return void outgoing.writeHead(rule.does, { ...rule.headers, 'content-length': 0 }).end();
    if (rule?.does === 'hold') await rule.released;
    // Who waited has gone away meanwhile.
    if (outgoing.destroyed) return;
    forward({ target, agent, incoming, outgoing, body, after: rule?.does });
  };
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const release = (rule: Active): void => {
    active.delete(rule);
    rule.release();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (fault) => {
      const [hit, onHit] = promise();
      const [released, onRelease] = promise();
      const rule: Active = {
        ...fault,
        left: fault.times ?? Infinity,
        met: 0,
        onHit,
        released,
        release: onRelease,
      };
      active.add(rule);
      return {
        hit,
        release: () => release(rule),
        get met() {
          return rule.met;
        },
      };
    },
    clear: () => [...active].forEach(release),
    close: async () => {
      [...active].forEach(release);
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function promise(): [promise: Promise<void>, resolve: () => void] {
  let resolve = (): void => {};
  const made = new Promise<void>((done) => (resolve = done));
  return [made, resolve];
}

interface Exchange {
  target: string;
  agent: Agent;
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  body: Buffer;
  /** What becomes of the answer. */
  after: Fault['does'] | undefined;
}

function forward({ target, agent, incoming, outgoing, body, after }: Exchange): void {
  const { hostname, port } = new URL(target);
  const { method, url: path, rawHeaders } = incoming;
  const onward = request({ hostname, port, method, path, agent, headers: rawHeaders, setHost: false }, (response) => {
    if (after === 'mute') return void response.resume();
    if (after === 'lose') return void response.resume().once('end', () => incoming.socket.destroy());
    outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders);
    response.pipe(outgoing);
  });
  onward.once('error', () => incoming.socket.destroy());
  onward.end(body);
}
