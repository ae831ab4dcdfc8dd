import pc from 'picocolors';
import { beginEverything, waitForOtherServers, stateLine, explainFailure, type EverythingOptions } from '../everything';
import { stopOnSignals } from '../processes/signals';
import { createApiClient } from './api-client';
import { approvalCall } from './calls';
import { demoOrders } from './demo-orders';
import { report } from './report';
import { runDemo } from './run-demo';
import { createScreen } from './screen';

/** Command-line options. */
export interface QuickstartOptions {
  dir: string;
  /** First delete what earlier runs left. */
  fresh: boolean;
  /** Exit after the demonstration instead of continuing to run. */
  exit: boolean;
  buildKubernetes: boolean;
}

/**
 * Brings everything up, provisions the demonstration's tenants while showing their progress, prints a report and runs until it is stopped.
 * Returns the exit status: 0 if every result was as expected. If a required server is unavailable, throws with its name, the reason and the
 * remedy.
 */
export async function quickstart({ dir, fresh, exit, buildKubernetes }: QuickstartOptions): Promise<number> {
  const screen = createScreen(process.stdout, process.env);
  screen.say(stateLine(dir, fresh));
  const onEvent: EverythingOptions['onEvent'] = (event) => screen.event(event);
  const everything = await beginEverything({ dir, fresh, buildKubernetes, onEvent });
  const interrupted = new AbortController();
  const stopping = stopOnSignals({
    stop: () => {
      interrupted.abort(new Error('Stopped.'));
      return everything.stop();
    },
    kill: () => everything.kill(),
  });
  try {
    const product = await everything.starting.product;
    await product.working();
    const api = createApiClient(product.url, product.tokens);
    const began = new Date();
    const orders = demoOrders(began.getTime().toString(36), product.endpoints.kubernetes !== undefined);
    let first: number | undefined;
    const rows = await runDemo(api, orders, {
      signal: interrupted.signal,
      listener: {
        onLook(rows) {
          if (first === undefined && rows.some(({ operation }) => operation.status === 'active'))
            first = performance.now();
          screen.rows(rows);
        },
        onApprovalWanted: ({ operation }) =>
          screen.say(
            `\n${operation.tenantName} is waiting for an approver. This call approves it; the demonstration now sends the same request:\n${approvalCall(product.url, operation.operationId, everything.endpointsFile)}\n`,
          ),
      },
    });
    screen.settle();
    const { endpointsFile } = everything;
    const { signal } = interrupted;
    const asExpected = await report({ api, product, rows, began, endpointsFile, dir, signal, say: screen.say });
    if (first !== undefined)
      screen.say(`\nThe first tenant was active ${(first / 1000).toFixed(1)} s after the start.`);
    if (!exit) {
      screen.say(
        `\n${pc.bold('Everything keeps running until you press Ctrl-C.')} A second Ctrl-C kills all processes at once.`,
      );
      await stopping.ended;
    }
    await everything.stop();
    return asExpected ? 0 : 1;
  } catch (error) {
    screen.settle();
    if (!stopping.asked) await waitForOtherServers(everything.stack);
    await everything.stop();
    // A Ctrl-C makes the work in progress fail too, which is not an error to report.
    if (!stopping.asked) throw new Error(explainFailure(everything.stack, error), { cause: error });
    return 130;
  }
}
