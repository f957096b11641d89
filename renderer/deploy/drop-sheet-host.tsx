/** Shows the drop sheet over whatever page there is; loaded when something is dropped first. */
import { lazy, Suspense } from 'react';
import { useDeploying } from '../stores/deploying.ts';

const DropSheet = lazy(async () => ({ default: (await import('./drop-sheet.tsx')).DropSheet }));

export function DropSheetHost() {
  const deploying = useDeploying((store) => store.deploying);
  if (!deploying) return null;
  return (
    <Suspense fallback={null}>
      <DropSheet key={deploying.offer.ticket} deploying={deploying} />
    </Suspense>
  );
}
