import { isEnd } from '../../../clients/typescript/src/types';
import { queryClient } from '../../api/queries';
import { useLive } from '../../api/live';
import { useMayCall } from '../../api/session';
import { PageHeader } from '../../parts/page-header';
import { AttentionSection } from './attention';
import { Ended } from './ended';
import { Figures } from './figures';
import { Running } from './running';
import './now.css';

/** What needs a person, what runs, what ended last, and how today compares with last week. */
export default function Now() {
  const mayCall = useMayCall();
  // Only an end moves the numbers. They are added up over a week, so they are not read again while they are fresh.
  useLive({}, (event) => {
    if (isEnd(event)) void queryClient.refetchQueries({ queryKey: ['metrics'], stale: true });
  });
  return (
    <>
      <PageHeader title="Now" />
      {mayCall('getProvisioningMetrics') && <Figures />}
      <AttentionSection />
      <Running />
      <Ended />
    </>
  );
}
