import type { TestProduct } from '../../../helpers/product';
import { searchForSecrets } from '../../../helpers/secrecy/secrecy';
import type { Dice } from '../../plan/schedule';
import type { Verdict } from '../invariant';

/** Number of secrets to search for; more would take longer than the run itself. */
const MOST = 200;

/** I11: no secret that the registry has ever held is in a history, the visibility store, a log or a mail. */
export async function secrecy(product: TestProduct, dice: Dice): Promise<Verdict> {
  const chosen = async (): Promise<string[]> => dice.shuffle(await product.secrets()).slice(0, MOST);
  const { leaks, secrets, histories, mails } = await searchForSecrets({ ...product, secrets: chosen });
  const places = histories + mails + 2;
  return {
    checked: secrets * places,
    violations: leaks.map(({ where, secret }) => ({ what: `${secret} in ${where}` })),
  };
}
