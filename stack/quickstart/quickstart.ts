import pc from 'picocolors';
import { beginEverything, lookFurther, stateLine, whyNot, type EverythingOptions } from '../everything';
import { stopOnSignals } from '../signals';
import { createApiClient } from './api-client';
import { approvalCall } from './calls';
import { demoOrders } from './demo-orders';
import { report } from './report';
import { runDemo } from './run-demo';
import { createScreen } from './screen';

/** What was asked for on the command line. */
export interface QuickstartOptions {
  dir: string;
  /** Delete what earlier runs left first. */
  fresh: boolean;
  /** End after the demonstration instead of staying up. */
  exit: boolean;
  buildKubernetes: boolean;
}

/**
 * Brings everything up, shows tenants coming into being and one vanishing, and ends when it is told to. The answer is the exit status: 0 when
 * every outcome was the expected one. Throws when a server cannot be had, naming it and the command that gets it.
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
            `\n${operation.tenantName} waits for an approver. This approves it, and is done now as the approver:\n${approvalCall(product.url, operation.operationId, everything.endpointsFile)}\n`,
          ),
      },
    });
    screen.settle();
    const { endpointsFile } = everything;
    const asExpected = await report({ api, product, rows, began, endpointsFile, say: screen.say });
    if (first !== undefined)
      screen.say(`\nThe first tenant was active ${(first / 1000).toFixed(1)} s after the start.`);
    if (!exit) {
      screen.say(`\n${pc.bold('Everything stays up until Ctrl-C.')} A second Ctrl-C kills.`);
      await stopping.ended;
    }
    await everything.stop();
    return asExpected ? 0 : 1;
  } catch (error) {
    screen.settle();
    if (!stopping.asked) await lookFurther(everything.stack);
    await everything.stop();
    // A Ctrl-C ends whatever was under way, and that is no failure of it.
    if (!stopping.asked) throw new Error(whyNot(everything.stack, error), { cause: error });
    return 130;
  }
}
