/** The panel of a MySQL service: how to connect, its password, dumps in and out, what it does and how large it is. */
import Typography from '@mui/material/Typography';
import type { ServiceTabProps } from '../tabs.ts';
import { ConnectionSection } from './connection-section.tsx';
import { DumpSection } from './dump-section.tsx';
import { FiguresSection } from './figures-section.tsx';
import { useMysqlTexts } from './texts.ts';

export function MysqlPanel(props: ServiceTabProps) {
  const texts = useMysqlTexts();
  if (!props.service.running) return <Typography color="textSecondary">{texts.stopped}</Typography>;
  return (
    <>
      <FiguresSection {...props} />
      <ConnectionSection {...props} />
      <DumpSection {...props} />
    </>
  );
}
