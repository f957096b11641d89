/** The manifest as a picture: services as boxes, who needs whom as lines. The same as a list for who cannot see it. */
import Box from '@mui/material/Box';
import { useTheme } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { useMemo } from 'react';
import type { EditingSession, SessionSnapshot } from './session.ts';
import { type OutlineService, outlineOf } from './text/outline.ts';
import { useEditorTexts } from './texts.ts';
import { manifestTypes } from './types.ts';

/** Pixels. */
const box = { width: 148, height: 60, gapX: 64, gapY: 24, margin: 12 } as const;

const left = ({ column }: OutlineService): number => box.margin + column * (box.width + box.gapX);
const top = ({ row }: OutlineService): number => box.margin + row * (box.height + box.gapY);

export function Picture({ session, snapshot }: { session: EditingSession; snapshot: SessionSnapshot }) {
  const texts = useEditorTexts().picture;
  const { readable, isReadable } = snapshot;
  const services = useMemo(() => outlineOf(readable.text, readable.document, manifestTypes), [readable]);
  const { vars } = useTheme();
  const byName = new Map(services.map((service) => [service.name, service]));
  const edges = services.flatMap((from) =>
    from.needs.map((need) => ({ from, to: byName.get(need) })).filter((edge) => edge.to !== undefined),
  );
  const width = Math.max(...services.map((service) => left(service) + box.width), 0) + box.margin;
  const height = Math.max(...services.map((service) => top(service) + box.height), 0) + box.margin;
  return (
    <Box component="section" aria-label={texts.label} sx={{ p: 2.5 }}>
      {services.length === 0 && <Typography color="textSecondary">{texts.empty}</Typography>}
      {!isReadable && (
        <Typography variant="body2" color="textSecondary" role="status" sx={{ mb: 1 }}>
          {texts.old}
        </Typography>
      )}
      <Box sx={{ position: 'relative', overflow: 'auto', maxWidth: '100%' }}>
        <svg width={width} height={height} aria-hidden="true" style={{ display: 'block' }}>
          <defs>
            <marker id="needs" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0 0 L8 4 L0 8 z" fill={vars?.palette.text.secondary ?? 'currentColor'} />
            </marker>
          </defs>
          {edges.map(({ from, to }) => to && <Edge key={`${from.index}-${to.index}`} from={from} to={to} />)}
        </svg>
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {services.map((service) => (
            <Box component="li" key={service.index}>
              <Box
                component="button"
                type="button"
                onClick={() => session.show(service.from)}
                sx={{
                  position: 'absolute',
                  left: left(service),
                  top: top(service),
                  width: box.width,
                  height: box.height,
                  px: 1.5,
                  textAlign: 'left',
                  font: 'inherit',
                  color: 'text.primary',
                  bgcolor: 'background.paper',
                  border: 1,
                  borderColor: 'text.secondary',
                  borderRadius: 1.5,
                  cursor: 'pointer',
                  '&:hover': { bgcolor: 'action.hover' },
                }}
              >
                <Typography component="span" variant="body2" noWrap sx={{ display: 'block', fontWeight: 650 }}>
                  {service.name}
                </Typography>
                <Typography component="span" variant="caption" color="textSecondary" noWrap sx={{ display: 'block' }}>
                  {[service.type, ...service.roles].join(' · ')}
                </Typography>
                {service.needs.length > 0 && (
                  <Box component="span" sx={{ position: 'absolute', width: 1, height: '1px', overflow: 'hidden' }}>
                    {` ${texts.needs(service.needs)}`}
                  </Box>
                )}
              </Box>
            </Box>
          ))}
        </Box>
      </Box>
      {services.length > 0 && (
        <Typography variant="caption" color="textSecondary" component="p" sx={{ mt: 1 }}>
          {texts.text}
        </Typography>
      )}
    </Box>
  );
}

function Edge({ from, to }: { from: OutlineService; to: OutlineService }) {
  const { vars } = useTheme();
  const isBack = to.column <= from.column;
  const start = { x: left(from) + (isBack ? box.width / 2 : box.width), y: top(from) + box.height / (isBack ? 1 : 2) };
  const end = { x: left(to) + (isBack ? box.width / 2 : 0), y: top(to) + (isBack ? 0 : box.height / 2) };
  const bend = isBack ? 0 : box.gapX / 2;
  const path = `M${start.x} ${start.y} C${start.x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x} ${end.y}`;
  return (
    <path
      d={path}
      fill="none"
      stroke={vars?.palette.text.secondary ?? 'currentColor'}
      strokeWidth="1.5"
      markerEnd="url(#needs)"
    />
  );
}
