import { collectDefaultMetrics } from 'prom-client';
import { VERSION } from '../config/version';
import type { ProcessMetrics } from './register';

/** The part of a pool of connections that is shown. */
export interface CountedPool {
  totalCount: number;
  idleCount: number;
  waitingCount: number;
}

/** Shows what every process shows of itself: its version, its connections to the registry, and Node's own figures. */
export function describeProcess(metrics: ProcessMetrics, pool: CountedPool, build: string | undefined): void {
  collectDefaultMetrics({ register: metrics.registry });
  metrics.set('provisioner_build_info', { version: VERSION, build: build ?? 'none' }, 1);
  metrics.collect('provisioner_registry_connections', () => [
    [{ state: 'busy' }, pool.totalCount - pool.idleCount],
    [{ state: 'idle' }, pool.idleCount],
    [{ state: 'waiting' }, pool.waitingCount],
  ]);
}
