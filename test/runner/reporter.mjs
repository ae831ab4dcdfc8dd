/** Sends what happens to the process that started jest; `npm test` shows several jest processes as one run. */
export default class {
  onTestFileStart({ path }) {
    process.send?.({ event: 'begun', path });
  }

  onTestFileResult(
    { path },
    { numFailingTests, numPassingTests, numPendingTests, numTodoTests, testExecError, failureMessage, perfStats },
  ) {
    process.send?.({
      event: 'ended',
      path,
      passed: numPassingTests,
      // A file that cannot even be loaded fails no test of its own; it counts as one that failed.
      failed: numFailingTests || (testExecError ? 1 : 0),
      skipped: numPendingTests + numTodoTests,
      seconds: (perfStats.end - perfStats.start) / 1000,
      ...(failureMessage ? { failure: failureMessage } : {}),
    });
  }
}
