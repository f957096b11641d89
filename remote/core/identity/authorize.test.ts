/** Generated: every method of every table × every kind of caller, own and foreign. */
import { describe, expect, it } from 'vitest';
import { agentMethods } from '../contract/agent.ts';
import { directorMethods } from '../contract/director.ts';
import { ConpaasError } from '../contract/errors.ts';
import type { Identity } from '../contract/identity.ts';
import { ApplicationId, DeploymentId, UserName, VmId } from '../contract/ids.ts';
import { managerMethods } from '../contract/manager.ts';
import { type Caller, type MethodTable, method, nothing } from '../contract/method.ts';
import { authorize, type Self } from './authorize.ts';

const deployment = DeploymentId.parse('d-one');
const foreign = DeploymentId.parse('d-two');
const application = ApplicationId.parse('app-one');
const otherApplication = ApplicationId.parse('app-two');
const deletedApplication = ApplicationId.parse('app-gone');
const vm = VmId.parse('vm-one');
const newest = 3;

const user = (name: string, of = deployment): Identity => ({
  kind: 'user',
  deployment: of,
  name: UserName.parse(name),
});
const manager = (of: ApplicationId, epoch: number, where = deployment): Identity => ({
  kind: 'manager',
  deployment: where,
  application: of,
  epoch,
});
const agent = (of: ApplicationId, where = deployment): Identity => ({
  kind: 'agent',
  deployment: where,
  application: of,
  vm,
});

const host = (of: VmId, where = deployment): Identity => ({ kind: 'host', deployment: where, vm: of });

/** What a caller is to a director, to the manager and to an agent of `app-one`. */
type Standing = Caller | 'superseded' | 'nobody';
interface Case {
  readonly identity: Identity | undefined;
  readonly states?: string;
  readonly director: Standing;
  readonly manager: Standing;
  readonly agent: Standing;
}

const nobody = { director: 'nobody', manager: 'nobody', agent: 'nobody' } as const;
const cases: Readonly<Record<string, Case>> = {
  'no certificate': { identity: undefined, ...nobody },
  'no certificate, stating a user': { identity: undefined, states: 'ann', ...nobody },

  'the director': { identity: { kind: 'director', deployment }, ...nobody, director: 'director', manager: 'director' },
  'the director for a user': { identity: { kind: 'director', deployment }, states: 'ann', ...nobody, manager: 'user' },
  'the director for an empty user': { identity: { kind: 'director', deployment }, states: '', ...nobody },
  'the director for a user of no possible name': {
    identity: { kind: 'director', deployment },
    states: 'a b',
    ...nobody,
  },
  'another director': { identity: { kind: 'director', deployment: foreign }, ...nobody },
  'another director for a user': { identity: { kind: 'director', deployment: foreign }, states: 'ann', ...nobody },

  'the newest manager': { identity: manager(application, newest), ...nobody, director: 'manager', agent: 'manager' },
  'a manager newer than known': { identity: manager(application, 4), ...nobody, director: 'manager', agent: 'manager' },
  'a replaced manager': { identity: manager(application, 2), ...nobody, director: 'superseded', agent: 'superseded' },
  'the newest manager, stating a user': { identity: manager(application, newest), states: 'ann', ...nobody },
  'the manager of another application': { identity: manager(otherApplication, newest), ...nobody, director: 'manager' },
  'the manager of a deleted application': { identity: manager(deletedApplication, newest), ...nobody },
  "another deployment's manager": { identity: manager(application, newest, foreign), ...nobody },
  "another deployment's manager of low epoch": { identity: manager(application, 1, foreign), ...nobody },

  'an agent': { identity: agent(application), ...nobody, director: 'agent' },
  'an agent, stating a user': { identity: agent(application), states: 'ann', ...nobody },
  'an agent of another application': { identity: agent(otherApplication), ...nobody, director: 'agent' },
  'an agent of a deleted application': { identity: agent(deletedApplication), ...nobody },
  "another deployment's agent": { identity: agent(application, foreign), ...nobody },

  'the host of a machine': { identity: host(vm), ...nobody, director: 'host' },
  'the host of a machine, stating a user': { identity: host(vm), states: 'ann', ...nobody },
  'the host of a machine that is gone': { identity: host(VmId.parse('vm-gone')), ...nobody },
  "another deployment's host": { identity: host(vm, foreign), ...nobody },

  'a user': { identity: user('ann'), ...nobody, director: 'user' },
  'a user called CA': { identity: user('CA'), ...nobody, director: 'user' },
  'a user called director': { identity: user('director'), ...nobody, director: 'user' },
  'a user, stating another': { identity: user('ann'), states: 'bob', ...nobody },
  "another deployment's user": { identity: user('ann', foreign), ...nobody },
};

const processes: Readonly<Record<Self['role'], { self: Self; table: MethodTable }>> = {
  director: { self: { role: 'director', deployment }, table: directorMethods },
  manager: { self: { role: 'manager', deployment, application }, table: managerMethods },
  agent: { self: { role: 'agent', deployment, application, newestEpoch: () => newest }, table: agentMethods },
};

function outcome(self: Self, name: string, declared: MethodTable[string], { identity, states }: Case): string {
  try {
    authorize(self, {
      identity,
      name,
      method: declared,
      user: states,
      newestEpochOf: (of) => (of === deletedApplication ? undefined : newest),
      hasMachine: (of) => of === vm,
    });
    return 'allowed';
  } catch (error) {
    return error instanceof ConpaasError ? error.code : String(error);
  }
}

function expected(role: Self['role'], name: string, declared: MethodTable[string], it: Case): string {
  if (role === 'director' && ['join', 'renew', 'get_program'].includes(name)) return 'allowed';
  if (it.identity === undefined) return 'unauthenticated';
  const standing = it[role];
  if (standing === 'superseded') return 'superseded';
  return standing !== 'nobody' && declared.callers.includes(standing) ? 'allowed' : 'forbidden';
}

describe.each(Object.entries(processes))('on the %s', (role, { self, table }) => {
  it.each(Object.entries(table))('%s answers each caller as its table says', (name, declared) => {
    const over = (answer: (one: Case) => string) =>
      Object.fromEntries(Object.entries(cases).map(([who, one]) => [who, answer(one)]));
    expect(over((one) => outcome(self, name, declared, one))).toEqual(
      over((one) => expected(role as Self['role'], name, declared, one)),
    );
  });
});

describe('the tables', () => {
  /** Names that a caller may use: what is written here, not what the table says, is what was meant. */
  const allowed = (role: Self['role'], who: keyof typeof cases) => {
    const { self, table } = processes[role];
    const one = cases[who] ?? { identity: undefined, ...nobody };
    return Object.keys(table).filter(
      (name) => outcome(self, name, table[name] as MethodTable[string], one) === 'allowed',
    );
  };

  it('are open to nobody but for joining and renewing', () => {
    expect(allowed('director', 'no certificate')).toEqual(['join', 'renew', 'get_program']);
    expect(allowed('manager', 'no certificate')).toEqual([]);
    expect(allowed('agent', 'no certificate')).toEqual([]);
  });

  it('let an agent ask its director for little, and nobody else for anything', () => {
    expect(allowed('director', 'an agent').sort()).toEqual(
      ['announce', 'download_blob', 'get_program', 'get_revocations', 'hello', 'join', 'renew', 'tell_program'].sort(),
    );
    expect(allowed('manager', 'an agent')).toEqual([]);
    expect(allowed('agent', 'an agent')).toEqual([]);
  });

  it('let the host of a machine follow its list of processes and get packages for it, and nothing else', () => {
    expect(allowed('director', 'the host of a machine').sort()).toEqual(
      ['get_package', 'get_program', 'hello', 'join', 'renew', 'tell_program', 'watch_processes'].sort(),
    );
    for (const who of Object.keys(cases).filter((one) => one !== 'the host of a machine')) {
      expect(allowed('director', who), who).not.toContain('watch_processes');
      expect(allowed('director', who), who).not.toContain('get_package');
    }
  });

  it('let only the director speak to a manager, and only the manager to an agent', () => {
    for (const who of Object.keys(cases)) {
      const direct = allowed('manager', who);
      expect(direct.length > 0, who).toBe(who === 'the director' || who === 'the director for a user');
      const toAgent = allowed('agent', who);
      expect(toAgent.length > 0, who).toBe(who === 'the newest manager' || who === 'a manager newer than known');
    }
  });

  it('keep what a director does by itself from the users it speaks for', () => {
    const own = [
      'apply',
      'set_running',
      'set_name',
      'cancel',
      'retry',
      'set_revocations',
      'secrets_changed',
      'shutdown',
    ];
    expect(allowed('manager', 'the director')).toEqual(expect.arrayContaining(own));
    for (const name of own) expect(allowed('manager', 'the director for a user')).not.toContain(name);
  });

  it('let no manager read or change what is the users', () => {
    const forManagers = allowed('director', 'the newest manager');
    for (const name of ['set_secret', 'list_users', 'revoke_certificate', 'delete_application', 'list_applications']) {
      expect(forManagers).not.toContain(name);
    }
  });
});

describe('whatever a table says', () => {
  const declare = (...callers: Caller[]) =>
    method({ kind: 'command', params: nothing, result: nothing, callers, since: 1, doc: '' });

  it('`anyone` opens nothing but join and renew, and only on the director', () => {
    const open = declare('anyone');
    for (const { self } of Object.values(processes)) {
      for (const one of Object.values(cases)) {
        expect(outcome(self, 'other', open, one)).not.toBe('allowed');
        if (self.role !== 'director') expect(outcome(self, 'join', open, one)).not.toBe('allowed');
      }
    }
  });

  it('`owner` is nobody over the network, and no callers means nobody', () => {
    for (const { self } of Object.values(processes)) {
      for (const one of Object.values(cases)) {
        expect(outcome(self, 'other', declare('owner'), one)).not.toBe('allowed');
        expect(outcome(self, 'join', declare(), one)).not.toBe('allowed');
      }
    }
  });

  it('a director that cannot say which managers are the newest, and which machines there are, allows none', () => {
    const { self } = processes.director;
    for (const identity of [manager(application, newest), agent(application), host(vm)]) {
      const call = { identity, name: 'hello', method: directorMethods.hello, user: undefined };
      expect(() => authorize(self, call)).toThrow(ConpaasError);
    }
  });
});
