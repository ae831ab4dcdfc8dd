import { useQuery } from '@tanstack/react-query';
import { dataOf } from '../../../../clients/typescript/src/client';
import { api } from '../../../api/client';
import type { Key } from '../../../api/live';

/** Test cards that an order may name here; undefined where only real payment methods exist. They change with the installation only. */
function useTestCards() {
  const key: Key = ['me'];
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => dataOf(api.GET('/v1/me', { signal })),
    staleTime: Infinity,
  }).data?.testPaymentMethods;
}

/** The test cards, each to be taken over by a click, with what comes of it. */
export function TestCards({ chosen, onChoose }: TestCardsProps) {
  const cards = useTestCards();
  if (!cards) return null;
  return (
    <div className="test-cards">
      <p className="hint">No real card works here. Test cards:</p>
      <ul>
        {cards.map(({ id, outcome }) => (
          <li key={id}>
            <button type="button" className="button" aria-pressed={id === chosen.trim()} onClick={() => onChoose(id)}>
              <code>{id}</code>
            </button>
            <span className="hint">{outcome}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface TestCardsProps {
  /** The payment method as it is typed now. */
  chosen: string;
  onChoose: (paymentMethod: string) => void;
}
