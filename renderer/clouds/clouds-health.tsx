/** The first line of Clouds: whether every cloud answers, and whether every machine belongs to something. */
import Button from '@mui/material/Button';
import { PageHealth } from '../components/page-health.tsx';
import { countText } from '../components/time.ts';
import { go } from '../stores/route.ts';
import type { LoadedMachines } from './machines-tab.tsx';
import { machinesText } from './machines-text.ts';

export function CloudsHealth({ machines: { value, failure, reload } }: { machines: LoadedMachines }) {
  const again = <Button onClick={reload}>Try again</Button>;
  const show = <Button onClick={() => go({ page: 'clouds', tab: 'machines' })}>Show machines</Button>;
  if (failure)
    return (
      <PageHealth level="warning" text="Whether all is well is not known." why={failure.message} actions={again} />
    );
  if (!value) return <PageHealth level="busy" text="Asking the clouds for their machines." />;
  const [silent] = value.failures;
  if (silent)
    return (
      <PageHealth
        level="bad"
        text={`The cloud ${silent.cloud} does not tell its machines.`}
        why={silent.message}
        actions={again}
      />
    );
  const strays = value.machines.filter(({ belongs }) => belongs === 'nothing').length;
  if (strays > 0)
    return (
      <PageHealth
        level="warning"
        text={`${countText(strays, 'machine belongs', 'machines belong')} to nothing here.`}
        why="The director destroys what carries its tag within a minute; if it stays, look at its log."
        actions={show}
      />
    );
  return <PageHealth level="good" text={`All is well: ${machinesText(value.machines)}.`} />;
}
