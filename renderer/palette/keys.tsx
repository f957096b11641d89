import Box from '@mui/material/Box';

/** Keys as they are written on a keyboard: `Ctrl K`. */
export function Keys({ text }: { text: string }) {
  return (
    <Box
      component="kbd"
      sx={{
        fontFamily: 'inherit',
        fontSize: '0.75rem',
        color: 'text.secondary',
        border: 1,
        borderColor: 'divider',
        borderRadius: 0.5,
        px: 0.75,
        whiteSpace: 'nowrap',
      }}
    >
      {text}
    </Box>
  );
}
