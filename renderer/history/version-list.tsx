/** The versions of an application, newest first; one is chosen. */
import Box from '@mui/material/Box';
import ListItemButton from '@mui/material/ListItemButton';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import type { HistoryEntry } from '../../remote/core/contract/history.ts';
import { timeText } from '../components/time.ts';
import { useHistoryTexts } from './texts.ts';

/** Changes shown of each. */
const shownChanges = 4;

export interface VersionListProps {
  readonly versions: readonly HistoryEntry[];
  readonly chosen: number | undefined;
  readonly onChoose: (version: number) => void;
}

export function VersionList({ versions, chosen, onChoose }: VersionListProps) {
  const texts = useHistoryTexts();
  const newest = versions[0]?.version;
  return (
    <Paper
      component="ol"
      aria-label={texts.versions}
      sx={{ listStyle: 'none', m: 0, p: 0, overflow: 'hidden', alignSelf: 'start' }}
    >
      {versions.map(({ version, at, by, title, changes }) => (
        <Box component="li" key={version} sx={{ '& + &': { borderTop: 1, borderColor: 'divider' } }}>
          <ListItemButton
            aria-current={version === chosen}
            onClick={() => onChoose(version)}
            // A bar, not a tinted row: quiet text must stay readable on it.
            sx={{
              display: 'block',
              py: 1.25,
              borderLeft: 3,
              borderColor: version === chosen ? 'primary.main' : 'transparent',
            }}
          >
            <Box sx={{ display: 'flex', gap: 1, alignItems: 'baseline' }}>
              <Typography component="span" sx={{ fontWeight: 650, fontVariantNumeric: 'tabular-nums' }}>
                {version}
              </Typography>
              <Typography component="span" variant="body2" sx={{ fontWeight: 600, flex: 1, overflowWrap: 'anywhere' }}>
                {title}
              </Typography>
              {version === newest && (
                <Typography component="span" variant="caption" color="success" sx={{ fontWeight: 600 }}>
                  {texts.now}
                </Typography>
              )}
            </Box>
            {changes.slice(0, shownChanges).map((change) => (
              <Typography key={change} variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
                {change}
              </Typography>
            ))}
            {changes.length > shownChanges && (
              <Typography variant="body2" color="textSecondary">
                {texts.more(changes.length - shownChanges)}
              </Typography>
            )}
            <Typography variant="caption" color="textSecondary">
              {timeText(at)} · {by}
            </Typography>
          </ListItemButton>
        </Box>
      ))}
    </Paper>
  );
}
