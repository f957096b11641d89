import { describe, expect, test } from 'vitest';
import { createAskedCloud, createCloud, openProvider } from '../../remote/core/clouds/index.ts';
import { asks } from './lending.ts';

describe('a director asks this desktop for its machines', () => {
  test.each([
    [{ kind: 'local' }, false],
    [{ kind: 'containers' }, false],
    [{ kind: 'ec2', credential: 'credential-1' }, false],
    [{ kind: 'ec2', credential: 'credential-1', lent: 'credential-2' }, false],
    [{ kind: 'ec2', credential: 'credential-1', lent: 'nothing' }, true],
    [{ kind: 'qemu' }, true],
  ])('%j: %s', (cloud, expected) => {
    expect(asks(cloud)).toBe(expected);
  });

  test('where they are on its computer: the desktop has a way in, the machines of a director follow their lists', async () => {
    const settings = { deployment: 'd-1', directory: '/nowhere' };
    const programs = async () => [];
    const contact = {
      keys: async () => ({ hostKey: '', authorizedKey: '' }),
      transport: () => ({ copy: async () => undefined, run: async () => ({ code: 0, output: '', errors: '' }) }),
    };
    expect(createCloud('qemu', settings, { kind: 'copy', programs, contact }).lists).toBe('set');
    const director = { host: '10.90.1.2', port: 5555 };
    const asked: string[] = [];
    const cloud = createAskedCloud('qemu', {}, { kind: 'fetch', programs, director }, async (call, params, signal) => {
      signal.throwIfAborted();
      asked.push(`${call} ${JSON.stringify(params)}`);
      return openProvider('qemu', settings).listServers(signal);
    });
    expect(cloud.lists).toBe('followed');
    expect(await cloud.listVms(new AbortController().signal)).toEqual([]);
    expect(asked).toEqual(['list_servers {}']);
  });
});
