/** What of a logger is needed here. */
interface Warns {
  warn(fields: object, message: string): void;
}

/** Has Node's warnings logged as JSON lines like everything else, instead of printed as text over several lines. */
export function logProcessWarnings(logger: Warns): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning: Error & { code?: string }) => {
    const { name, code, message, stack } = warning;
    logger.warn({ type: name, ...(code === undefined ? {} : { code }), stack }, message);
  });
}
