import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, type OperationStatus } from '../../../contract/operations/states';
import type { TestProduct } from '../../helpers/product';

/** State of the product at one moment. */
export interface Sample {
  /** Seconds since the watch began. */
  at: number;
  /** Resident memory of each process, in MiB. */
  memory: { api: number; worker: number };
  /** Cells whose use exceeds their capacity or differs from their reservations. */
  wrongCells: string[];
  /** Operations by status. */
  statuses: Partial<Record<OperationStatus, number>>;
}

/** Takes a sample every second. */
export interface Watch {
  readonly samples: Sample[];
  /**
   * True as soon as this many operations have ended or need an operator; false when none has ended for `patience` seconds. Reports
   * progress every half minute.
   */
  untilOver(count: number, patience: number, say: (text: string) => void): Promise<boolean>;
  /** Takes a last sample and stops. */
  end(): Promise<void>;
}

/** Starts to sample the registry and the memory of both processes; `end` rejects if sampling failed. */
export function startWatch(product: TestProduct): Watch {
  const begun = performance.now();
  const samples: Sample[] = [];
  let stopped = false;
  const look = async (): Promise<void> => {
    const at = (performance.now() - begun) / 1000;
    samples.push({ at, memory: memoryOf(product), ...(await registryOf(product)) });
  };
  const looking = (async () => {
    for (; !stopped; await sleep(1000)) await look();
    await look();
  })();
  looking.catch(() => undefined);
  return {
    samples,
    untilOver: async (count, patience, say) => {
      let over = 0;
      let told = Date.now();
      for (let changed = Date.now(); Date.now() - changed < patience * 1000; await sleep(250)) {
        const now = howManyOver(samples.at(-1));
        if (now >= count) return true;
        if (now !== over) changed = Date.now();
        over = now;
        if (Date.now() - told < 30_000) continue;
        told = Date.now();
        say(standing(samples.at(-1)));
      }
      return false;
    },
    end: async () => {
      stopped = true;
      await looking;
    },
  };
}

function standing(sample: Sample | undefined): string {
  const { at, statuses, memory } = sample!;
  const counts = Object.entries(statuses).map(([status, count]) => `${count} ${status}`);
  return `${Math.round(at)} s: ${counts.join(', ')}; worker ${Math.round(memory.worker)} MiB`;
}

function howManyOver(sample: Sample | undefined): number {
  return Object.entries(sample?.statuses ?? {})
    .filter(([status]) => hasEnded(status as OperationStatus) || status === 'needs_operator')
    .reduce((sum, [, count]) => sum + count, 0);
}

function memoryOf(product: TestProduct): Sample['memory'] {
  const of = (name: string): number => {
    const process = product.processes().find((each) => each.name === name);
    if (!process) throw new Error(`The ${name} has ended.`);
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${process.pid}/status`, 'utf8'))!;
    return Number(kilobytes) / 1024;
  };
  return { api: of('api'), worker: of('worker') };
}

/** A single statement, so that use and reservations are from the same moment. */
async function registryOf({ registry }: TestProduct): Promise<Pick<Sample, 'wrongCells' | 'statuses'>> {
  const { rows } = await registry.query<{ wrong: string[] | null; statuses: Sample['statuses'] | null }>(`
    select
      (select array_agg(format('%s %s %s: %s used, %s reserved, capacity %s', region, kind, cell, used, reserved, capacity))
       from (select region, kind, cell, used, capacity, coalesce(sum(units), 0) as reserved
             from cell left join reservation using (region, kind, cell) group by region, kind, cell) counted
       where used > capacity or used <> reserved) as wrong,
      (select jsonb_object_agg(status, count) from (select status, count(*) from operation group by status) by_status) as statuses`);
  return { wrongCells: rows[0]!.wrong ?? [], statuses: rows[0]!.statuses ?? {} };
}
