import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** The ids of these processes and of all their descendants. Linux only. */
export function withDescendants(pids: number[]): number[] {
  const parentOf = new Map<number, number>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = readOrEmpty(`/proc/${pid}/stat`);
    parentOf.set(Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]));
  }
  const found = new Set(pids);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const [pid, parent] of parentOf) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** The local addresses on which any of these processes listens, in the notation of /proc/net/tcp and tcp6. Linux only. */
export function listeningAddresses(pids: number[]): string[] {
  const inodes = new Set(pids.flatMap(socketInodes));
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readOrEmpty(table)
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.trim().split(/\s+/))
      .filter((row) => row[3] === '0A' && inodes.has(row[9] ?? ''))
      .map((row) => (row[1] ?? '').split(':')[0] ?? ''),
  );
}

/** 127.0.0.1, 127.0.0.1 mapped into IPv6, and ::1. */
export const LOOPBACK = ['0100007F', '0000000000000000FFFF00000100007F', '00000000000000000000000001000000'];

function socketInodes(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

// Processes and their files may disappear while they are read.
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
