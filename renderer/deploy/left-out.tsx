/** What of a folder stays at home, each with its size and a way to take it along; what the user has taken along. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { OfferContents } from '../../main/hub/protocol.ts';
import { sizeText } from '../components/time.ts';
import { useDeployTexts } from './texts.ts';

export interface LeftOutListProps {
  readonly contents: OfferContents;
  readonly included: readonly string[];
  readonly disabled: boolean;
  readonly onInclude: (path: string) => void;
  readonly onLeaveOut: (path: string) => void;
}

const shownAtFirst = 6;

export function LeftOutList({ contents, included, disabled, onInclude, onLeaveOut }: LeftOutListProps) {
  const texts = useDeployTexts().leftOut;
  const [all, setAll] = useState(false);
  const { leftOut, leftOutCount } = contents;
  const shown = all ? leftOut : leftOut.slice(0, shownAtFirst);
  if (leftOutCount === 0 && included.length === 0) return null;
  return (
    <Box component="section" aria-label={texts.label}>
      {leftOutCount > 0 && (
        <Typography variant="body2" color="textSecondary">
          {texts.all(leftOutCount, sizeText(leftOut.reduce((sum, { bytes }) => sum + bytes, 0)))}
        </Typography>
      )}
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, maxHeight: 180, overflow: 'auto' }}>
        {shown.map(({ path, isFolder, bytes, files, by }) => (
          <Box component="li" key={path} sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
            <Box component="code" sx={{ minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis' }} title={path}>
              {path}
              {isFolder ? '/' : ''}
            </Box>
            <Typography variant="body2" color="textSecondary" noWrap sx={{ flexShrink: 0 }}>
              {[
                sizeText(bytes),
                ...(isFolder ? [texts.files(files)] : []),
                by === 'always' ? texts.never : texts.by(by),
              ].join(' · ')}
            </Typography>
            <Button
              aria-label={texts.includeThis(path)}
              disabled={disabled}
              onClick={() => onInclude(path)}
              sx={{ ml: 'auto', flexShrink: 0 }}
            >
              {texts.include}
            </Button>
          </Box>
        ))}
        {included.map((path) => (
          <Box component="li" key={path} sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
            <code>{path}</code>
            <Typography variant="body2" color="warning">
              {texts.included}
            </Typography>
            <Button
              color="secondary"
              aria-label={texts.leaveOutThis(path)}
              disabled={disabled}
              onClick={() => onLeaveOut(path)}
              sx={{ ml: 'auto', flexShrink: 0 }}
            >
              {texts.leaveOut}
            </Button>
          </Box>
        ))}
      </Box>
      {!all && leftOut.length > shownAtFirst && (
        <Button onClick={() => setAll(true)}>{texts.showAll(leftOutCount)}</Button>
      )}
    </Box>
  );
}
