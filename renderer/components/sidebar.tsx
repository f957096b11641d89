import Apps from '@mui/icons-material/AppsOutlined';
import Cloud from '@mui/icons-material/CloudOutlined';
import Help from '@mui/icons-material/HelpOutlineOutlined';
import History from '@mui/icons-material/History';
import Lock from '@mui/icons-material/LockOutlined';
import Settings from '@mui/icons-material/SettingsOutlined';
import Shield from '@mui/icons-material/ShieldOutlined';
import Chip from '@mui/material/Chip';
import { styled } from '@mui/material/styles';
import type { SessionState } from '../../main/hub/protocol.ts';
import { pages } from '../pages.ts';
import { useDirectors } from '../stores/directors.ts';
import { needingAttention, useOperations } from '../stores/operations.ts';
import { hrefOf, type Route } from '../stores/route.ts';
import { told } from '../stores/told.ts';
import { narrowBelow, sidebarWidth } from '../theme/tokens.ts';
import { DirectorSwitcher } from './director-switcher.tsx';
import { useFrameTexts } from './texts/frame.ts';

/** Out of sight, but said. */
const hidden = {
  position: 'absolute',
  width: 1,
  height: 1,
  overflow: 'hidden',
  clipPath: 'inset(50%)',
} as const;

/** One style for the whole of it: it is in every first paint, and a styled component for each part would delay that. */
const Bar = styled('nav')(({ theme }) => {
  const { palette } = theme.vars ?? theme;
  return {
    width: sidebarWidth.wide,
    flexShrink: 0,
    display: 'flex',
    flexDirection: 'column',
    backgroundColor: palette.sunken,
    borderRight: `1px solid ${palette.divider}`,
    '& ul': { listStyle: 'none', margin: 0, padding: '0 8px' },
    '& .push': { flex: 1 },
    '& a': {
      display: 'flex',
      alignItems: 'center',
      minHeight: 'var(--row)',
      boxSizing: 'border-box',
      marginBottom: 2,
      padding: '4px 16px',
      borderRadius: 9,
      color: palette.text.primary,
      fontSize: '0.875rem',
      fontWeight: 500,
      textDecoration: 'none',
      '&:hover': { backgroundColor: palette.action.hover },
    },
    '& a .icon': { fontSize: 20, marginRight: 12, color: palette.text.secondary },
    '& a .label': { flex: 1 },
    '& a[aria-current]': {
      fontWeight: 600,
      backgroundColor: `color-mix(in srgb, ${palette.primary.main} 8%, transparent)`,
      '& .icon': { color: palette.primary.main },
    },
    '& .foot': {
      display: 'flex',
      gap: 6,
      padding: '4px 16px 12px',
      color: palette.text.secondary,
      fontSize: '0.75rem',
      lineHeight: 1.66,
      '& .icon': { fontSize: 14, marginTop: 2 },
    },
    [`@media (max-width: ${narrowBelow - 1}px)`]: {
      width: sidebarWidth.narrow,
      '& .wide': hidden,
      '& a': { position: 'relative', padding: '4px 10px' },
      '& .MuiChip-root': { position: 'absolute', top: 2, right: 0 },
    },
  };
});

export interface SidebarProps {
  readonly route: Route;
  readonly session: SessionState;
}

type Place = 'applications' | 'activity' | 'clouds' | 'security' | 'settings' | 'help';

interface Entry {
  /** The page it leads to, after which it is called. */
  readonly page: Place;
  readonly Icon: typeof Apps;
  /** Pages that belong to this entry. */
  readonly belonging: readonly Route['page'][];
}

const main: readonly Entry[] = [
  {
    page: 'applications',
    Icon: Apps,
    belonging: ['applications', 'new', 'editor', 'application', 'service'],
  },
  { page: 'activity', Icon: History, belonging: ['activity'] },
  { page: 'clouds', Icon: Cloud, belonging: ['clouds'] },
  { page: 'security', Icon: Shield, belonging: ['security'] },
];
const foot: readonly Entry[] = [
  { page: 'settings', Icon: Settings, belonging: ['settings'] },
  { page: 'help', Icon: Help, belonging: ['help', 'methods'] },
];

export function Sidebar({ route, session }: SidebarProps) {
  const named = useDirectors(({ list, chosen }) => list.directors.find(({ id }) => id === chosen)?.name);
  const deployment = 'deployment' in session ? session.deployment : undefined;
  const attention = useOperations(needingAttention);
  const texts = useFrameTexts().sidebar;
  return (
    <Bar aria-label={texts.label}>
      <DirectorSwitcher name={deployment?.name ?? named ?? 'ConPaaS'} state={session.state} />
      <Entries entries={main} route={route} badges={{ activity: attention }} />
      <div className="push" />
      <Entries entries={foot} route={route} badges={{}} />
      <div className="foot">
        <Lock aria-hidden className="icon" />
        <span className="wide">
          {deployment && (
            <>
              {deployment.protection}
              <br />
            </>
          )}
          {texts.version(told.version)}
        </span>
      </div>
    </Bar>
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
  const texts = useFrameTexts().sidebar;
  return (
    <ul>
      {entries
        .filter(({ page }) => pages[page])
        .map(({ page, Icon, belonging }) => {
          const badge = badges[page] ?? 0;
          const label = texts[page];
          return (
            <li key={page}>
              <a
                href={hrefOf({ page })}
                title={label}
                aria-current={belonging.includes(route.page) ? 'page' : undefined}
              >
                <Icon className="icon" />
                <span className="wide label">{label}</span>
                {badge > 0 && (
                  <Chip
                    size="small"
                    label={badge}
                    aria-label={texts.attention(badge)}
                    sx={{ height: 18, fontSize: 11 }}
                  />
                )}
              </a>
            </li>
          );
        })}
    </ul>
  );
}
