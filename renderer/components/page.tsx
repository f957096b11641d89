/** The frame of a page: its title, what can be done, its content. The title takes the focus when the page opens. */
import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect, useRef } from 'react';
import { hrefOf, type Route } from '../stores/route.ts';
import { OldMark } from './old-mark.tsx';
import { useComponentTexts } from './texts/common.ts';

export interface PageProps {
  readonly title: string;
  /** Beside the title. */
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  readonly up?: { readonly label: string; readonly route: Route };
  /** Over the whole width of the window: for what is worked in, not read. */
  readonly wide?: boolean;
  /** As wide and as high as the window: the content scrolls by itself. */
  readonly fill?: boolean;
  readonly children: ReactNode;
}

export function Page({ title, beside, actions, up, wide = false, fill = false, children }: PageProps) {
  const texts = useComponentTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = texts.titleOfWindow(title);
  }, [title, texts]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <Box
      sx={
        fill
          ? { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 360, px: { xs: 2, md: 4 }, py: 3 }
          : { maxWidth: wide ? 1720 : 1280, mx: 'auto', px: { xs: 2, md: 4 }, py: 3 }
      }
    >
      {up && (
        <Link href={hrefOf(up.route)} variant="body2" color="textSecondary">
          ‹ {up.label}
        </Link>
      )}
      <Box
        sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 2, minHeight: 40, flexShrink: 0, mb: 2.5 }}
      >
        <Typography component="h1" variant="h1" ref={heading} tabIndex={-1} noWrap sx={{ minWidth: 0 }}>
          {title}
        </Typography>
        {beside}
        <OldMark />
        <Box sx={{ ml: 'auto', display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1 }}>{actions}</Box>
      </Box>
      {children}
    </Box>
  );
}
