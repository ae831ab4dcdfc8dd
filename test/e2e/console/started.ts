import type { ConsoleBrowser } from '../../helpers/browser/console';
import type { Ordered, TestProduct } from '../../helpers/product';

/** What the suite has started for the tests that share it: a product, a browser on its console, and runs in every state they look at. */
export interface Started {
  product: TestProduct;
  web: ConsoleBrowser;
  runs: Record<'held' | 'left' | 'active', Ordered>;
}
