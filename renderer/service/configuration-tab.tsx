import Typography from '@mui/material/Typography';
import { Facts } from '../components/facts.tsx';
import type { ServiceTabProps } from './tabs.ts';

export function ConfigurationTab({ service: { configuration, environment, secrets, needs } }: ServiceTabProps) {
  const rows = [
    ...Object.entries(configuration).map(
      ([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    ),
    ...Object.entries(environment).map(([key, value]) => [`environment ${key}`, value] as const),
    ...secrets.map((name) => [`secret ${name}`, 'value is not shown'] as const),
    ...(needs.length > 0 ? [['needs', needs.join(', ')] as const] : []),
  ];
  if (rows.length === 0) return <Typography color="textSecondary">Nothing beside the defaults.</Typography>;
  return <Facts label="Configuration" rows={rows} />;
}
