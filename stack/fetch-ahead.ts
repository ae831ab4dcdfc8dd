import { findKeycloak } from './servers/keycloak/distribution';
import { findGateway } from './servers/s3';
import type { ServerContext } from './processes/context';
import type { ServerName } from './types';

// Puts the two servers whose first start takes longest into the cache. Runs while npm installs the dependencies, so nothing here may import
// any of them. Only warnings are shown: the stack tries again what fails here, and reports it.
const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort());
// The process that started this one holds the other end, so this also ends when that one is killed.
process.stdin.on('end', () => stopped.abort()).resume();

function contextOf(server: ServerName): Pick<ServerContext, 'signal' | 'tell'> {
  const tell: ServerContext['tell'] = (phase, detail) => {
    if (phase === 'warning') process.stderr.write(`${server.padEnd(11)} ${phase.padEnd(12)} ${detail}\n`);
  };
  return { signal: stopped.signal, tell };
}

void Promise.allSettled([findGateway(contextOf('s3')), findKeycloak(contextOf('keycloak'))]).then(() => process.exit());
