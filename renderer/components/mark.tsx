/** The sign of the program: three nodes that carry one plane. */
import { type CssVarsTheme, useTheme } from '@mui/material/styles';

export function Mark({ size }: { size: number }) {
  const { vars } = useTheme() as CssVarsTheme;
  const { main, contrastText } = vars.palette.primary;
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill={main} />
      <path d="M7 12.5 16 8l9 4.5-9 4.5z" fill={contrastText} />
      <g fill="none" stroke={contrastText} strokeWidth="1.8">
        <path d="M9 16.5V20M16 19.5V23M23 16.5V20" />
      </g>
      <g fill={contrastText}>
        <circle cx="9" cy="21.5" r="2" />
        <circle cx="16" cy="24.5" r="2" />
        <circle cx="23" cy="21.5" r="2" />
      </g>
    </svg>
  );
}
