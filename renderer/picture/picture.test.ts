import { describe, expect, test } from 'vitest';
import type { NewestMetrics } from '../../remote/core/contract/figures.ts';
import { mysqlService, node, phpService } from '../../test/window/scripted/model.ts';
import { drawPicture } from './picture.ts';

const metric = (name: string, service: string, figures: Record<string, number>): NewestMetrics => ({
  node: name,
  service,
  role: 'any',
  time: 0,
  figures,
});

describe('the picture of an application', () => {
  test('users, what they reach, what that needs: from left to right', () => {
    const { boxes, edges, users, width, height } = drawPicture([mysqlService(), phpService()], []);
    expect(boxes.map(({ service, x, y }) => [service.name, x, y])).toEqual([
      ['web', 124, 0],
      ['db', 404, 0],
    ]);
    expect(edges.map(({ from, to, figure }) => [from, to, figure])).toEqual([
      [undefined, 'web', undefined],
      ['web', 'db', undefined],
    ]);
    expect(users).toBeDefined();
    expect([width, height]).toEqual([594, 132]);
  });

  test('figures stand where they are measured, and nowhere else', () => {
    const metrics = [
      metric('web-proxy-1', 'web', { requests: 120.4 }),
      metric('web-proxy-1/web-backend-1', 'web', { server_requests: 30 }),
      metric('web-proxy-1/web-backend-2', 'web', { server_requests: 5.25 }),
      metric('db-node-1', 'db', { db_connections: 1 }),
    ];
    const { boxes, edges } = drawPicture([phpService(), mysqlService()], metrics);
    expect(edges.map(({ figure }) => figure)).toEqual(['120/s', '1 connection']);
    expect(boxes[0]?.roles.map(({ name, figure }) => [name, figure])).toEqual([
      ['proxy', undefined],
      ['web', undefined],
      ['backend', '35/s'],
    ]);
  });

  test('0 is a figure; a service without an address has no users', () => {
    const quiet = drawPicture([phpService()], [metric('web-proxy-1', 'web', { requests: 0 })]);
    expect(quiet.edges[0]?.figure).toBe('0/s');
    const alone = drawPicture([mysqlService({ nodes: [node('db', 'node', 1), node('db', 'node', 2)] })], []);
    expect(alone).toMatchObject({ users: undefined, edges: [], width: 190 });
    expect(alone.boxes[0]?.roles[0]?.nodes).toHaveLength(2);
  });

  test('several of a kind stand below each other; needs in a circle end', () => {
    const two = drawPicture([phpService(), mysqlService(), mysqlService({ name: 'cache' })], []);
    expect(two.boxes.map(({ service, y }) => [service.name, y])).toEqual([
      ['web', 0],
      ['cache', 152],
      ['db', 0],
    ]);
    const circle = [mysqlService({ name: 'a', needs: ['b'] }), mysqlService({ name: 'b', needs: ['a'] })];
    expect(drawPicture(circle, []).boxes).toHaveLength(2);
  });
});
