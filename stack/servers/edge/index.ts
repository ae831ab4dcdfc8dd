import { withPorts, type StartServer } from '../../processes/context';
import { findPrograms } from './programs';
import { EDGE_PORTS, runEdge, type EdgePorts } from './run';

/**
 * Finds the programs of the edge. It is started only beside an API, which it asks for which hosts it may obtain certificates; tests start their
 * own with these programs.
 */
export const startEdge: StartServer = async (context) => {
  const programs = await findPrograms(context);
  const { consoleUrl } = context;
  if (consoleUrl === undefined) return { edge: { programs } };
  context.tell('starting');
  const running = await withPorts(
    context.state,
    EDGE_PORTS.map((port) => `edge.${port}` as const),
    (ports) =>
      runEdge({
        ...{ dir: context.dir, programs, apiUrl: new URL(consoleUrl).origin },
        ports: Object.fromEntries(EDGE_PORTS.map((port) => [port, ports[`edge.${port}`]])) as EdgePorts,
        spawn: (spec) => context.spawn(spec),
      }),
  );
  return { edge: { programs, running } };
};
