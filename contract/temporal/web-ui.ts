import { operationWorkflowId } from '../operations/messages';

/** Where the Temporal Web UI is, and the namespace of the product's workflows. */
export interface WebUi {
  /** Without a trailing slash. */
  url: string;
  namespace: string;
}

/** Address of an operation's run in the Temporal Web UI. */
export function runInWebUi({ url, namespace }: WebUi, operationId: string): string {
  return `${url}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(operationWorkflowId(operationId))}`;
}
