import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';

// Below the range the kernel takes the ports of outgoing connections from (32768 on Linux, 49152 on macOS): a port that is
// free now is then not lost to somebody's database connection before our server has bound it.
const LOWEST = 20_000;
const HIGHEST = 32_700;
const given = new Set<number>();

/**
 * A TCP port that is free on 127.0.0.1 right now and that this process has not given out before. `preferred` is returned when it is free, so
 * that addresses stay the same between runs. Nobody holds the port: whoever starts a server on it must cope with a clash.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && !given.has(preferred) && (await isFree(preferred))) return give(preferred);
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!given.has(port) && (await isFree(port))) return give(port);
  }
  throw new Error(
    `No free TCP port on 127.0.0.1 between ${LOWEST} and ${HIGHEST}. Stop some of the servers that hold them.`,
  );
}

/** Lets `freePort` give these ports out again: the servers they were for are gone. */
export function releasePorts(ports: Iterable<number>): void {
  for (const port of ports) given.delete(port);
}

/** Whether a server could listen on this port of 127.0.0.1 now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

function give(port: number): number {
  given.add(port);
  return port;
}
