import Apps from '@mui/icons-material/AppsOutlined';
import Cloud from '@mui/icons-material/CloudOutlined';
import Help from '@mui/icons-material/HelpOutlineOutlined';
import History from '@mui/icons-material/History';
import Lock from '@mui/icons-material/LockOutlined';
import Settings from '@mui/icons-material/SettingsOutlined';
import Shield from '@mui/icons-material/ShieldOutlined';
import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import List from '@mui/material/List';
import ListItem from '@mui/material/ListItem';
import ListItemButton from '@mui/material/ListItemButton';
import ListItemIcon from '@mui/material/ListItemIcon';
import ListItemText from '@mui/material/ListItemText';
import Typography from '@mui/material/Typography';
import type { SessionState } from '../../main/hub/protocol.ts';
import { pages } from '../pages.ts';
import { useDirectors } from '../stores/directors.ts';
import { needingAttention, useOperations } from '../stores/operations.ts';
import { hrefOf, type Route } from '../stores/route.ts';
import { told } from '../stores/told.ts';
import { narrowBelow, sidebarWidth } from '../theme/tokens.ts';
import { DirectorSwitcher } from './director-switcher.tsx';

const narrow = `@media (max-width: ${narrowBelow - 1}px)`;
/** Out of sight, but said. */
const hidden = {
  position: 'absolute',
  width: '1px',
  height: '1px',
  overflow: 'hidden',
  clipPath: 'inset(50%)',
} as const;

export interface SidebarProps {
  readonly route: Route;
  readonly session: SessionState;
}

interface Entry {
  readonly label: string;
  readonly route: Route;
  readonly Icon: typeof Apps;
  /** Pages that belong to this entry. */
  readonly belonging: readonly Route['page'][];
}

const main: readonly Entry[] = [
  {
    label: 'Applications',
    route: { page: 'applications' },
    Icon: Apps,
    belonging: ['applications', 'new', 'editor', 'application', 'service'],
  },
  { label: 'Activity', route: { page: 'activity' }, Icon: History, belonging: ['activity'] },
  { label: 'Clouds', route: { page: 'clouds' }, Icon: Cloud, belonging: ['clouds'] },
  { label: 'Security', route: { page: 'security' }, Icon: Shield, belonging: ['security'] },
];
const foot: readonly Entry[] = [
  { label: 'Settings', route: { page: 'settings' }, Icon: Settings, belonging: ['settings'] },
  { label: 'Help', route: { page: 'help' }, Icon: Help, belonging: ['help', 'methods'] },
];

export function Sidebar({ route, session }: SidebarProps) {
  const named = useDirectors(({ list, chosen }) => list.directors.find(({ id }) => id === chosen)?.name);
  const deployment = 'deployment' in session ? session.deployment : undefined;
  const attention = useOperations(needingAttention);
  return (
    <Box
      component="nav"
      aria-label="Main"
      sx={{
        width: sidebarWidth.wide,
        [narrow]: {
          width: sidebarWidth.narrow,
          '& .wide': hidden,
          '& .MuiListItemButton-root': { px: 1.25, position: 'relative' },
          '& .MuiChip-root': { position: 'absolute', top: 2, right: 0 },
        },
        flexShrink: 0,
        display: 'flex',
        flexDirection: 'column',
        bgcolor: 'sunken',
        borderRight: 1,
        borderColor: 'divider',
      }}
    >
      <DirectorSwitcher name={deployment?.name ?? named ?? 'ConPaaS'} state={session.state} />
      <Entries entries={main} route={route} badges={{ activity: attention }} />
      <Box sx={{ flex: 1 }} />
      <Entries entries={foot} route={route} badges={{}} />
      <Box sx={{ px: 2, pb: 1.5, pt: 0.5, display: 'flex', gap: 0.75, color: 'text.secondary' }}>
        <Lock aria-hidden sx={{ fontSize: 14, mt: '2px' }} />
        <Typography variant="caption" className="wide">
          {deployment && (
            <>
              {deployment.protection}
              <br />
            </>
          )}
          Version {told.version}
        </Typography>
      </Box>
    </Box>
  );
}

function Entries({
  entries,
  route,
  badges,
}: {
  entries: readonly Entry[];
  route: Route;
  badges: Partial<Record<Route['page'], number>>;
}) {
  return (
    <List dense disablePadding sx={{ px: 1 }}>
      {entries
        .filter(({ route: { page } }) => pages[page])
        .map(({ label, route: target, Icon, belonging }) => {
          const selected = belonging.includes(route.page);
          const badge = badges[target.page] ?? 0;
          return (
            <ListItem key={label} disablePadding sx={{ mb: 0.25 }}>
              <ListItemButton
                component="a"
                href={hrefOf(target)}
                title={label}
                selected={selected}
                aria-current={selected ? 'page' : undefined}
                sx={{ borderRadius: 1.5, py: 0.5 }}
              >
                <ListItemIcon sx={{ minWidth: 32, color: selected ? 'primary.main' : 'text.secondary' }}>
                  <Icon fontSize="small" />
                </ListItemIcon>
                <ListItemText
                  className="wide"
                  primary={label}
                  slotProps={{ primary: { sx: { fontWeight: selected ? 600 : 500 } } }}
                />
                {badge > 0 && (
                  <Chip
                    size="small"
                    label={badge}
                    aria-label={`${badge} running or failed`}
                    sx={{ height: 18, fontSize: 11 }}
                  />
                )}
              </ListItemButton>
            </ListItem>
          );
        })}
    </List>
  );
}
