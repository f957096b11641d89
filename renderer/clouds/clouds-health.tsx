/** The first line of Clouds: whether every cloud answers, and whether every machine belongs to something. */
import Button from '@mui/material/Button';
import { PageHealth } from '../components/page-health.tsx';
import { go } from '../stores/route.ts';
import type { LoadedMachines } from './machines-tab.tsx';
import { machinesText } from './machines-text.ts';
import { useCloudTexts } from './texts.ts';

export function CloudsHealth({ machines: { value, failure, reload } }: { machines: LoadedMachines }) {
  const texts = useCloudTexts();
  const { health } = texts;
  const again = <Button onClick={reload}>{health.again}</Button>;
  const show = <Button onClick={() => go({ page: 'clouds', tab: 'machines' })}>{health.showMachines}</Button>;
  if (failure) return <PageHealth level="warning" text={health.unknown} why={failure.message} actions={again} />;
  if (!value) return <PageHealth level="busy" text={health.asking} />;
  const [silent] = value.failures;
  if (silent) return <PageHealth level="bad" text={health.silent(silent.cloud)} why={silent.message} actions={again} />;
  const strays = value.machines.filter(({ belongs }) => belongs === 'nothing').length;
  if (strays > 0)
    return <PageHealth level="warning" text={health.strays(strays)} why={health.straysWhy} actions={show} />;
  return <PageHealth level="good" text={health.good(machinesText(value.machines, texts.machines))} />;
}
