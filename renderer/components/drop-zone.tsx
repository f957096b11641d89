/** A place where files and folders can be dropped, or chosen. Paths go to the main process; the page gets tickets. */
import UploadFile from '@mui/icons-material/UploadFileOutlined';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { type DragEvent, type ReactNode, useState } from 'react';
import type { Offer } from '../../main/hub/protocol.ts';
import { desktop } from '../hub/desktop.ts';

export interface Dropped {
  readonly offers: readonly Offer[];
  /** Files that are not on disk (dragged out of another program): their content is all there is. */
  readonly files: readonly File[];
}

/** The handlers that make an element a place to drop files on. */
export function useDrop(onDrop: (dropped: Dropped) => void) {
  const [over, setOver] = useState(false);
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      event.stopPropagation();
      event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      event.stopPropagation();
      setOver(false);
      const files = [...event.dataTransfer.files];
      void desktop.offerFiles(files).then((offers) => onDrop({ offers, files: offers.length === 0 ? files : [] }));
    },
  };
  return { over, handlers };
}

export interface DropZoneProps {
  readonly label: string;
  readonly onDrop: (dropped: Dropped) => void;
  /** Buttons that choose instead. */
  readonly children?: ReactNode;
  readonly compact?: boolean;
}

export function DropZone({ label, onDrop, children, compact = false }: DropZoneProps) {
  const { over, handlers } = useDrop(onDrop);
  return (
    <Box
      {...handlers}
      component="section"
      aria-label={label}
      sx={{
        display: 'flex',
        flexDirection: compact ? 'row' : 'column',
        alignItems: 'center',
        justifyContent: 'center',
        flexWrap: 'wrap',
        gap: 1.25,
        p: compact ? 1.5 : 4,
        border: '1.5px dashed',
        borderColor: over ? 'primary.main' : 'divider',
        borderRadius: 2,
        bgcolor: over ? 'action.hover' : 'transparent',
        textAlign: 'center',
      }}
    >
      <UploadFile aria-hidden sx={{ fontSize: compact ? 20 : 32, color: over ? 'primary.main' : 'text.secondary' }} />
      <Typography variant="body2" color="textSecondary">
        {label}
      </Typography>
      {children && <Box sx={{ display: 'flex', gap: 1 }}>{children}</Box>}
    </Box>
  );
}
