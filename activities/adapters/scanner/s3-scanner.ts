import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { RegionSettings } from '../../../config/regions';
import { dashName } from '../../../contract/ids';
import { SCAN_HEARTBEAT_SECONDS, type ScanReport } from '../../../contract/scans';
import { call, report } from './callback';
import { findingsIn } from './s3-scanner-output';
import type { ScanJob, Scanner } from './scanner';

/** What S3Scanner is told besides; no key of ours reaches it. */
const ENVIRONMENT = { AWS_EC2_METADATA_DISABLED: 'true', AWS_DEFAULT_REGION: 'us-east-1' };

/**
 * S3Scanner (https://github.com/sa7mon/S3Scanner, version 2), as a child process: it tries without any key what a stranger can do with the
 * tenant's bucket. It changes nothing. Without `command` there is none.
 */
export function createS3Scanner(command: string | undefined, regions: RegionSettings[]): Scanner {
  const name = 's3scanner';
  const running = { version: name };
  return {
    name,

    async missing() {
      if (command === undefined) return 'No scanner is configured (S3SCANNER_BIN).';
      const version = await versionOf(command);
      if (version === undefined) return `The scanner ${command} cannot be run (S3SCANNER_BIN).`;
      running.version = `${name} ${version}`;
      return undefined;
    },

    async start(job) {
      const { storage } = regions.find(({ name: region }) => region === job.region)!;
      const endpoint = storage.endpoint === undefined ? [] : ['--endpoint-url', storage.endpoint];
      const args = [...endpoint, 'scan', '--bucket', dashName(job.tenantId)];
      const child = spawn(command ?? '', args, {
        env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...ENVIRONMENT },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      await once(child, 'spawn');
      void finish(child, job, () => running.version);
    },
  };
}

/** Follows the child to its end and reports it; nobody waits for this, and nothing is thrown. */
async function finish(child: ReturnType<typeof spawn>, job: ScanJob, scanner: () => string): Promise<void> {
  const { callback, tenantId } = job;
  const heartbeat = setInterval(() => void call(callback, 'heartbeat', {}), (SCAN_HEARTBEAT_SECONDS / 4) * 1000);
  const kill = setTimeout(() => child.kill('SIGKILL'), callback.deadline.getTime() - Date.now());
  try {
    const [output, errors, [code]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    await report(callback, outcomeOf({ output, errors, code, bucket: dashName(tenantId), scanner: scanner() }));
  } finally {
    clearInterval(heartbeat);
    clearTimeout(kill);
  }
}

interface Ended {
  output: string;
  errors: string;
  code: number | null;
  bucket: string;
  scanner: string;
}

function outcomeOf({ output, code, bucket, scanner }: Ended): ScanReport {
  if (code !== 0)
    return { scanner, findings: [], failure: `It ended with ${code === null ? 'a signal' : `code ${code}`}.` };
  const findings = findingsIn(output, bucket);
  return findings ? { scanner, findings } : { scanner, findings: [], failure: 'It did not say what it saw.' };
}

function versionOf(command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, ['--version'], { timeout: 20_000 }, (error, stdout) => {
      resolve(error ? undefined : /\d+\.\d+\.\d+/.exec(stdout)?.[0]);
    });
  });
}
