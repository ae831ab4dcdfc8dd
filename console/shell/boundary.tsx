import { Component, type ReactNode } from 'react';
import { ErrorState } from '../parts/states/error-state';

/** Shows what broke a page in its place, so that the rest of the console stays usable. */
export class Boundary extends Component<{ children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    // A new build has replaced the files of the one that this tab loaded.
    const retry = (): void => location.reload();
    return error === undefined ? this.props.children : <ErrorState error={error} onRetry={retry} />;
  }
}
