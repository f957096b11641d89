/** Shows the drop sheet over whatever page there is; loaded when something is dropped first. */
import { later } from '../components/later.tsx';
import { useDeploying } from '../stores/deploying.ts';

const DropSheet = later(async () => (await import('./drop-sheet.tsx')).DropSheet);

export function DropSheetHost() {
  const deploying = useDeploying((store) => store.deploying);
  if (!deploying) return null;
  return <DropSheet key={deploying.offer.ticket} deploying={deploying} />;
}
