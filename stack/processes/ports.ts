import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

// Below the range from which the kernel takes ports for outgoing connections (32768 and up on Linux, 49152 on macOS), so that no outgoing
// connection can take a free port before our server has bound it.
const LOWEST = 20_000;
const HIGHEST = 32_700;
const handedOut = new Set<number>();

/**
 * A TCP port that is free on 127.0.0.1 right now and that this process has not handed out yet. Returns `preferred` if it is free, so that
 * addresses stay the same between runs. The port is not reserved: the caller must handle a clash when its server binds it.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && !handedOut.has(preferred) && (await isFree(preferred))) return handOut(preferred);
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!handedOut.has(port) && (await isFree(port))) return handOut(port);
  }
  throw new Error(
    `No free TCP port found on 127.0.0.1 between ${LOWEST} and ${HIGHEST}. Stop some of the servers that use them.`,
  );
}

/**
 * Lets `freePort` hand out these ports again, once their servers are gone. The library get-port has no such release: it forgets all ports at
 * once, also those of a stack that is just starting beside this one.
 */
export function releasePorts(ports: Iterable<number>): void {
  for (const port of ports) handedOut.delete(port);
}

/** Whether a server could listen on this port of 127.0.0.1 now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

function handOut(port: number): number {
  handedOut.add(port);
  return port;
}
