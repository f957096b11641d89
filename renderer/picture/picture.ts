/** The live picture of an application: services as boxes in the order in which requests pass them. Pure. */
import type { NodeInfo, ServiceInfo } from '../../remote/core/contract/application.ts';
import type { NewestMetrics } from '../../remote/core/contract/figures.ts';
import { figure } from '../texts/figures.ts';
import { pictureTexts } from './texts.ts';

export interface RoleRow {
  readonly name: string;
  readonly title: string;
  readonly nodes: readonly NodeInfo[];
  /** e.g. `85/s`; undefined where nothing is measured. */
  readonly figure: string | undefined;
}

export interface Box {
  readonly service: ServiceInfo;
  readonly roles: readonly RoleRow[];
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

export interface Edge {
  /** undefined: users. */
  readonly from: string | undefined;
  readonly to: string;
  /** In a few words; undefined where nothing is measured. */
  readonly figure: string | undefined;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

export interface Picture {
  readonly boxes: readonly Box[];
  readonly edges: readonly Edge[];
  /** Where the users stand; undefined: no service has an address. */
  readonly users: { readonly x: number; readonly y: number } | undefined;
  readonly width: number;
  readonly height: number;
}

export const boxWidth = 190;
export const usersWidth = 56;
export const usersHeight = 36;
const headHeight = 40;
const rowHeight = 28;
/** Rates are short; what passes between services is told in words. */
const gapUsers = 68;
const gapX = 90;
const gapY = 20;

/** Lays the services out: those with an address after the users, what others need behind them. */
export function drawPicture(services: readonly ServiceInfo[], metrics: readonly NewestMetrics[]): Picture {
  const columns = columnsOf(services);
  const addressed = services.filter(({ address }) => address !== undefined);
  const left = addressed.length > 0 ? usersWidth + gapUsers : 0;
  const boxes = columns.flatMap((column, depth) => {
    let y = 0;
    return column.map((service): Box => {
      const roles = rolesOf(service, metrics);
      const height = headHeight + roles.length * rowHeight + 8;
      const box = { service, roles, x: left + depth * (boxWidth + gapX), y, height };
      y += height + gapY;
      return box;
    });
  });
  const boxOf = (name: string) => boxes.find(({ service }) => service.name === name);
  const middle = (box: Box): number => box.y + Math.min(box.height, 96) / 2;
  const first = addressed[0] && boxOf(addressed[0].name);
  const users = first && { x: 0, y: middle(first) };
  const edges: Edge[] = [];
  for (const { name } of addressed) {
    const box = boxOf(name);
    if (!box || !users) continue;
    const figure = rateText(sum(metrics, name, 'requests'));
    edges.push({ from: undefined, to: name, figure, x1: usersWidth, y1: users.y, x2: box.x, y2: middle(box) });
  }
  for (const box of boxes) {
    for (const need of box.service.needs) {
      const to = boxOf(need);
      if (!to) continue;
      const figure = connectionsText(sum(metrics, need, 'db_connections'));
      edges.push({
        from: box.service.name,
        to: need,
        figure,
        x1: box.x + boxWidth,
        y1: middle(box),
        x2: to.x,
        y2: middle(to),
      });
    }
  }
  return {
    boxes,
    edges,
    users,
    width: Math.max(0, ...boxes.map(({ x }) => x + boxWidth)),
    height: Math.max(usersHeight, ...boxes.map(({ y, height }) => y + height)),
  };
}

/** Services by how many others stand before them. A circle of needs cannot be made; if there is one, it ends here. */
function columnsOf(services: readonly ServiceInfo[]): ServiceInfo[][] {
  const depthOf = (service: ServiceInfo, seen: readonly string[]): number => {
    const before = services.filter((other) => other.needs.includes(service.name) && !seen.includes(other.name));
    return Math.max(0, ...before.map((other) => 1 + depthOf(other, [...seen, service.name])));
  };
  const columns: ServiceInfo[][] = [];
  for (const service of services) {
    const depth = depthOf(service, []);
    const column = columns[depth] ?? [];
    column.push(service);
    columns[depth] = column;
  }
  return columns.filter((column) => column !== undefined);
}

function rolesOf(service: ServiceInfo, metrics: readonly NewestMetrics[]): RoleRow[] {
  return service.roles
    .map(({ name, title }) => {
      const nodes = service.nodes.filter((node) => node.role === name);
      return { name, title, nodes, figure: rateText(requestsOf(nodes, metrics)) };
    })
    .filter(({ nodes }) => nodes.length > 0);
}

/** Requests a second that a proxy passes to these nodes: what it tells of each as its server. */
function requestsOf(nodes: readonly NodeInfo[], metrics: readonly NewestMetrics[]): number | undefined {
  let total: number | undefined;
  for (const { node, figures } of metrics) {
    const server = node.split('/')[1];
    const rate = figures['server_requests'];
    if (server === undefined || rate === undefined || !nodes.some(({ id }) => id === server)) continue;
    total = (total ?? 0) + rate;
  }
  return total;
}

function sum(metrics: readonly NewestMetrics[], service: string, name: string): number | undefined {
  let total: number | undefined;
  for (const { service: of, node, figures } of metrics) {
    const value = figures[name];
    if (of === service && !node.includes('/') && value !== undefined) total = (total ?? 0) + value;
  }
  return total;
}

function rateText(perSecond: number | undefined): string | undefined {
  if (perSecond === undefined) return undefined;
  return pictureTexts().rate(figure(perSecond, perSecond >= 10 || perSecond === 0 ? 0 : 1));
}

function connectionsText(count: number | undefined): string | undefined {
  return count === undefined ? undefined : pictureTexts().connections(Math.round(count));
}
