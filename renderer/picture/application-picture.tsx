/** The live picture: boxes are links, so that it is a list for those who do not see it; the lines are drawn below them. */
import People from '@mui/icons-material/PeopleOutlined';
import { styled } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { useMemo } from 'react';
import type { NodeInfo, ServiceInfo } from '../../remote/core/contract/application.ts';
import type { NewestMetrics } from '../../remote/core/contract/figures.ts';
import { HiddenText } from '../components/hidden-text.tsx';
import { signs } from '../components/state-label.tsx';
import { useComponentTexts } from '../components/texts/common.ts';
import { hrefOf } from '../stores/route.ts';
import { type Box, boxWidth, drawPicture, type Edge, usersHeight, usersWidth } from './picture.ts';
import { usePictureTexts } from './texts.ts';

const Frame = styled('div')(({ theme }) => {
  const { palette } = theme.vars ?? theme;
  return {
    overflow: 'auto',
    padding: 16,
    backgroundColor: palette.background.paper,
    border: `1px solid ${palette.divider}`,
    borderRadius: theme.shape.borderRadius,
    '& .canvas': { position: 'relative' },
    '& svg.lines': { position: 'absolute', inset: 0, overflow: 'visible' },
    '& .line': { stroke: palette.text.secondary, fill: 'none', strokeWidth: 1.5 },
    '& .figure': {
      position: 'absolute',
      transform: 'translate(-50%, -100%)',
      paddingBottom: 3,
      fontSize: '0.75rem',
      fontVariantNumeric: 'tabular-nums',
      whiteSpace: 'nowrap',
      color: palette.text.secondary,
    },
    '& .users': {
      position: 'absolute',
      display: 'flex',
      alignItems: 'center',
      gap: 4,
      fontSize: '0.75rem',
      color: palette.text.secondary,
    },
    '& ul': { listStyle: 'none', margin: 0, padding: 0 },
    '& .box': {
      position: 'absolute',
      boxSizing: 'border-box',
      border: `1px solid ${palette.divider}`,
      borderRadius: 6,
      backgroundColor: palette.background.default,
      padding: '4px 10px',
    },
    '& .head': { display: 'flex', alignItems: 'center', gap: 6, height: 32, minWidth: 0 },
    '& .head a': {
      fontWeight: 650,
      color: palette.text.primary,
      textDecoration: 'none',
      overflow: 'hidden',
      textOverflow: 'ellipsis',
      '&:hover': { textDecoration: 'underline' },
    },
    '& .quiet': { color: palette.text.secondary, fontSize: '0.75rem' },
    '& .role': { display: 'flex', alignItems: 'center', gap: 6, height: 28, fontSize: '0.8125rem' },
    '& .role .quiet': { marginLeft: 'auto', fontVariantNumeric: 'tabular-nums' },
    '& .dots': { display: 'flex', flexWrap: 'wrap', gap: 2, minWidth: 0 },
    '& .dots a': { display: 'inline-flex', minWidth: 18, minHeight: 24, alignItems: 'center' },
    '& .icon': { fontSize: 16, flexShrink: 0 },
    '& .success': { color: palette.success.main },
    '& .warning': { color: palette.warning.main },
    '& .error': { color: palette.error.main },
    '& .info': { color: palette.info.main },
    '& .secondary': { color: palette.text.secondary },
  };
});

export interface ApplicationPictureProps {
  readonly application: string;
  readonly services: readonly ServiceInfo[];
  readonly metrics: readonly NewestMetrics[];
}

export function ApplicationPicture({ application, services, metrics }: ApplicationPictureProps) {
  const texts = usePictureTexts();
  const { boxes, edges, users, width, height } = useMemo(() => drawPicture(services, metrics), [services, metrics]);
  if (boxes.length === 0) return null;
  return (
    <section aria-labelledby="picture">
      <HiddenText>
        <Typography component="h2" id="picture">
          {texts.title}
        </Typography>
      </HiddenText>
      <Frame>
        <div className="canvas" style={{ width, height, minWidth: width }}>
          <svg className="lines" width={width} height={height} aria-hidden="true">
            {edges.map((edge) => (
              <path key={`${edge.from} ${edge.to}`} className="line" d={curve(edge)} />
            ))}
          </svg>
          {users && (
            <div
              className="users"
              aria-hidden="true"
              style={{ left: users.x, top: users.y - usersHeight / 2, width: usersWidth, height: usersHeight }}
            >
              <People className="icon" /> {texts.users}
            </div>
          )}
          {edges.map(({ from, to, figure, x1, y1, x2, y2 }) => {
            const said = figure ?? '';
            const source = from ?? texts.users;
            return (
              said !== '' && (
                <div
                  key={`${from} ${to}`}
                  className="figure"
                  style={{ left: (x1 + x2) / 2, top: (y1 + y2) / 2 }}
                  title={texts.edge(source, to)}
                >
                  <HiddenText>{texts.edgeWith(source, to, said)}</HiddenText>
                  <span aria-hidden="true">{said}</span>
                </div>
              )
            );
          })}
          <ul aria-label={texts.services}>
            {boxes.map((box) => (
              <ServiceBox key={box.service.id} application={application} box={box} />
            ))}
          </ul>
        </div>
      </Frame>
    </section>
  );
}

function curve({ x1, y1, x2, y2 }: Edge): string {
  const middle = (x1 + x2) / 2;
  return `M ${x1} ${y1} C ${middle} ${y1}, ${middle} ${y2}, ${x2} ${y2} m -6 -4 l 6 4 l -6 4`;
}

function ServiceBox({ application, box: { service, roles, x, y, height } }: { application: string; box: Box }) {
  const { states } = useComponentTexts();
  const { color, Icon } = signs[service.state];
  const { active } = service.code ?? {};
  return (
    <li className="box" style={{ left: x, top: y, width: boxWidth, height }}>
      <div className="head">
        <Icon titleAccess={states[service.state]} className={`icon ${color}`} />
        <a href={hrefOf({ page: 'service', application, service: service.name })}>{service.name}</a>
        <span className="quiet">
          {service.type}
          {active === undefined ? '' : ` · ${active}`}
        </span>
      </div>
      {roles.map(({ name, title, nodes, figure }) => (
        <div key={name} className="role">
          <span>{title}</span>
          <span className="dots">
            {nodes.map((node) => (
              <NodeDot key={node.id} application={application} node={node} />
            ))}
          </span>
          {figure !== undefined && <span className="quiet">{figure}</span>}
        </div>
      ))}
    </li>
  );
}

function NodeDot({ application, node }: { application: string; node: NodeInfo }) {
  const texts = usePictureTexts();
  const { states } = useComponentTexts();
  const { color, Icon } = signs[node.state];
  const text = texts.node(node.id, states[node.state], node.cause);
  return (
    <a
      href={hrefOf({ page: 'service', application, service: node.service, tab: 'nodes' })}
      title={text}
      aria-label={text}
    >
      <Icon aria-hidden className={`icon ${color}`} />
    </a>
  );
}
