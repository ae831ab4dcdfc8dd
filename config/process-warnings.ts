/** The part of a logger that is needed here. */
interface Warns {
  warn(fields: object, message: string): void;
}

/** Logs Node's warnings as JSON lines like everything else. By default Node prints them as text over several lines. */
export function logProcessWarnings(logger: Warns): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning: Error & { code?: string }) => {
    const { name, code, message, stack } = warning;
    logger.warn({ type: name, ...(code === undefined ? {} : { code }), stack }, message);
  });
}
