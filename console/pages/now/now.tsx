import { PageHeader } from '../../parts/page-header';

/** What needs a person, what runs, and what ended last. */
export default function Now() {
  return <PageHeader title="Now" />;
}
