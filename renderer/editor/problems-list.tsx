/** What is wrong with the text, each with its place; a click goes there. */
import CheckCircle from '@mui/icons-material/CheckCircleOutlined';
import ErrorIcon from '@mui/icons-material/ErrorOutlined';
import Warning from '@mui/icons-material/WarningAmber';
import Box from '@mui/material/Box';
import ListItemButton from '@mui/material/ListItemButton';
import Typography from '@mui/material/Typography';
import type { EditingSession, SessionSnapshot } from './session.ts';
import { useEditorTexts } from './texts.ts';

export function ProblemsList({ session, snapshot }: { session: EditingSession; snapshot: SessionSnapshot }) {
  const texts = useEditorTexts().problems;
  const { problems, warnings } = snapshot;
  const count = problems.length;
  return (
    <Box component="section" aria-label={texts.label} sx={{ borderTop: 1, borderColor: 'divider', flexShrink: 0 }}>
      <Box role="status" sx={{ display: 'flex', alignItems: 'center', gap: 1, px: 2, py: 0.75, bgcolor: 'sunken' }}>
        {count === 0 ? (
          <CheckCircle aria-hidden sx={{ fontSize: 17, color: 'success.main' }} />
        ) : (
          <ErrorIcon aria-hidden sx={{ fontSize: 17, color: 'error.main' }} />
        )}
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          {texts.count(count)}
        </Typography>
      </Box>
      {(count > 0 || warnings.length > 0) && (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, maxHeight: 148, overflow: 'auto' }}>
          {problems.map((problem) => (
            <Box component="li" key={`${problem.from} ${problem.message}`}>
              <ListItemButton dense onClick={() => session.show(problem.from, problem.to)} sx={{ gap: 1.5, px: 2 }}>
                <Typography variant="body2" color="textSecondary" sx={{ minWidth: 84, flexShrink: 0 }}>
                  {texts.place(problem.line, problem.column)}
                </Typography>
                <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
                  {problem.message}
                </Typography>
              </ListItemButton>
            </Box>
          ))}
          {warnings.map((warning) => (
            <Box component="li" key={warning} sx={{ display: 'flex', gap: 1, px: 2, py: 0.75 }}>
              <Warning titleAccess={texts.warning} sx={{ fontSize: 17, color: 'warning.main' }} />
              <Typography variant="body2">{warning}</Typography>
            </Box>
          ))}
        </Box>
      )}
    </Box>
  );
}
