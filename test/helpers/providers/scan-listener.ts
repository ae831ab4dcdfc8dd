import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { ReportBody, ScanCallback } from '../../../providers/scanner/scanner';

/** Whom a scanner reports to, where there is no API; answers each report with the next of `answers`, then with 204. */
export interface ScanListener {
  /** Good for a minute. */
  callback: ScanCallback;
  /** Reports, in order; signs of life are not kept. */
  reports: ReportBody[];
  answers: number[];
  /** The next report. */
  next(): Promise<ReportBody>;
  close(): Promise<void>;
}

/** Starts one on loopback. */
export async function startScanListener(): Promise<ScanListener> {
  const waiting: ((body: ReportBody) => void)[] = [];
  const reports: ReportBody[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      if (!request.url!.endsWith(':report')) return response.writeHead(204).end();
      response.writeHead(answers.shift() ?? 204).end();
      reports.push(body as ReportBody);
      waiting.shift()?.(body as ReportBody);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/scans/sc_1`;
  return {
    callback: { url, token: 'x'.repeat(43), deadline: new Date(Date.now() + 60_000) },
    reports,
    answers,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
