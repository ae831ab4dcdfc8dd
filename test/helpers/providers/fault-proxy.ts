import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer that the provider has not given. */
export interface CannedAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
  /** Given after the provider was asked and has done it; otherwise it is not asked. */
  afterEffect?: boolean;
}

/** A way that takes longer; nothing is lost on it. */
export interface Delay {
  /** A delayed request reaches the provider even when its caller has given up: a late success. */
  of: 'request' | 'answer';
  ms: number;
}

/** The provider gets the request, and the same once more after so many milliseconds, as from a proxy that repeats it. */
export interface Repetition {
  againAfterMs: number;
}

/**
 * - a number: that status, and the provider is not asked.
 * - `reset`: the connection breaks before the provider is asked.
 * - `lose`: the provider does it, then the connection breaks: the outcome is unknown to the caller.
 * - `mute`: the provider does it, and the caller never hears of it.
 * - `hold`: the provider is asked when the rule is released.
 * - `withhold`: the provider does it, and the caller hears of it when the rule is released.
 */
export type Action = number | 'reset' | 'lose' | 'mute' | 'hold' | 'withhold' | CannedAnswer | Delay | Repetition;

/** What befalls a request that a rule meets. */
export interface Fault {
  method?: string;
  /** Tested on path and query. */
  path: RegExp;
  /** Tested on the body, as it is sent. */
  body?: RegExp;
  /** Only requests about this tenant, as far as `tenantOf` of the proxy knows. */
  tenantId?: string;
  does: Action;
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

/** A request as the proxy has received it. */
export interface Received {
  method: string;
  /** With query. */
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** What became of a request. */
export interface Exchange extends Received {
  receivedAt: Date;
  /** When the provider was asked; undefined when it was not. */
  askedAt?: Date;
  /** What the provider really answered, whatever the caller was told. */
  answer?: { status: number; headers: IncomingMessage['headers']; body: string };
  fault?: Action;
}

/** Who looks over the proxy's shoulder. */
export interface FaultProxyOptions {
  /** Whose a request is. */
  tenantOf?: (request: Received) => string | undefined;
  /** Called once a request: when the provider has answered, or when it was not asked. */
  observe?: (exchange: Exchange) => void;
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
export async function startFaultProxy(target: string, options: FaultProxyOptions = {}): Promise<FaultProxy> {
  const active = new Set<Active>();
  // A new connection each time: one that the provider has just closed would be a fault that nobody asked for.
  const agent = new Agent({ keepAlive: false });
  const take = (received: Received): Active | undefined => {
    const meets = (rule: Active): boolean =>
      rule.left > 0 &&
      (rule.method ?? received.method) === received.method &&
      rule.path.test(received.path) &&
      (rule.body === undefined || rule.body.test(received.body)) &&
      (rule.tenantId === undefined || rule.tenantId === options.tenantOf?.(received)) &&
      (rule.when?.(received) ?? true);
    const rule = [...active].find(meets);
    if (!rule) return undefined;
    rule.left -= 1;
    rule.met += 1;
    rule.onHit();
    return rule;
  };
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const receivedAt = new Date();
    const body = Buffer.concat((await incoming.toArray()) as Buffer[]);
    const { method = 'GET', url: path = '/', headers } = incoming;
    const received: Received = { method, path, headers, body: body.toString() };
    const rule = take(received);
    const action = rule?.does;
    const exchange: Exchange = { ...received, receivedAt, ...(action === undefined ? {} : { fault: action }) };
    if (rule?.does === 'hold') await rule.released.then(noticed);
    if (isDelay(action) && action.of === 'request') await new Promise((resolve) => setTimeout(resolve, action.ms));
    // Who waited at a rule's pleasure has gone away meanwhile; what is merely late arrives all the same.
    const abandoned = outgoing.destroyed && action === 'hold';
    if (!asksProvider(action) || abandoned) {
      options.observe?.(exchange);
      if (abandoned) return;
      if (action === 'reset') return void incoming.socket.destroy();
      return answerWith(outgoing, typeof action === 'number' ? { status: action } : (action as CannedAnswer));
    }
    exchange.askedAt = new Date();
    forward({ target, agent, incoming, body }, async (response) => {
      const content = Buffer.concat((await response.toArray()) as Buffer[]);
      const status = response.statusCode ?? 502;
      exchange.answer = { status, headers: response.headers, body: content.toString() };
      options.observe?.(exchange);
      if (isRepetition(action)) setTimeout(() => repeat({ target, agent, incoming, body }), action.againAfterMs);
      if (action === 'mute') return;
      if (action === 'lose') return void incoming.socket.destroy();
      if (action === 'withhold') await rule!.released;
      if (isDelay(action) && action.of === 'answer') await new Promise((resolve) => setTimeout(resolve, action.ms));
      if (outgoing.destroyed) return;
      if (typeof action === 'object' && 'status' in action) return answerWith(outgoing, action);
      outgoing.writeHead(status, withoutFraming(response.rawHeaders)).end(content);
    });
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

/** That a caller has died is told by the kernel a moment after it is so. */
export function noticed(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

function promise(): [promise: Promise<void>, resolve: () => void] {
  let resolve = (): void => {};
  const made = new Promise<void>((done) => (resolve = done));
  return [made, resolve];
}

function isDelay(action: Action | undefined): action is Delay {
  return typeof action === 'object' && 'ms' in action;
}

function isRepetition(action: Action | undefined): action is Repetition {
  return typeof action === 'object' && 'againAfterMs' in action;
}

function asksProvider(action: Action | undefined): boolean {
  if (typeof action === 'number' || action === 'reset') return false;
  return typeof action !== 'object' || !('status' in action) || action.afterEffect === true;
}

function answerWith(outgoing: ServerResponse, { status, headers = {}, body = '' }: CannedAnswer): void {
  outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

/** The answer is sent in one piece, so how it was cut into pieces is no longer true. */
function withoutFraming(raw: string[]): string[] {
  return raw.filter((_, index) => raw[index - (index % 2)]!.toLowerCase() !== 'transfer-encoding');
}

interface Onward {
  target: string;
  agent: Agent;
  incoming: IncomingMessage;
  body: Buffer;
}

/** The caller has its answer, so this one is dropped. */
function repeat(onward: Onward): void {
  forward(onward, (response) => Promise.resolve(void response.resume()));
}

function forward(
  { target, agent, incoming, body }: Onward,
  answered: (response: IncomingMessage) => Promise<void>,
): void {
  const { hostname, port } = new URL(target);
  const { method, url: path, rawHeaders: headers } = incoming;
  const onward = request({ hostname, port, method, path, agent, headers, setHost: false }, (response) => {
    answered(response).catch(() => incoming.socket.destroy());
  });
  onward.once('error', () => incoming.socket.destroy());
  onward.end(body);
}
