/** What can be done with a version: for its menu, the palette and the table of actions alike. */
import type { CodeVersion } from '../../../remote/core/contract/application.ts';
import type { Action } from '../../actions/action.ts';
import { argument } from '../../actions/command.ts';
import type { CodeTexts } from './texts.ts';

export interface VersionWork {
  activate(version: CodeVersion): void;
  download(version: CodeVersion): void;
  compare(version: CodeVersion): void;
  remove(version: CodeVersion): void;
}

/** An action, and what it is called in the menu of its version. */
export interface VersionAction extends Action {
  readonly short: string;
}

export interface VersionsOf {
  /** Name of the application. */
  readonly application: string;
  readonly service: string;
  readonly active: string | undefined;
  readonly versions: readonly CodeVersion[];
  /** Whether one is being made live. */
  readonly busy: boolean;
  readonly texts: CodeTexts;
}

export function versionActions(version: CodeVersion, of: VersionsOf, work: VersionWork): readonly VersionAction[] {
  const { id } = version;
  const { service, active, versions, busy } = of;
  const { actions, menu } = of.texts;
  const command = (word: string, ...which: string[]): string =>
    ['conpaas code', word, argument(of.application), ...which, '--service', argument(service)].join(' ');
  const isLive = id === active;
  return [
    {
      id: `version.${id}.activate`,
      short: menu.activate,
      title: actions.activate(id, service),
      command: command('activate', id),
      disabled: busy || isLive,
      menu: 'none',
      run: () => work.activate(version),
    },
    {
      id: `version.${id}.download`,
      short: menu.download,
      title: actions.download(id, service),
      command: command('download', id),
      menu: isLive ? 'page' : 'none',
      run: () => work.download(version),
    },
    {
      id: `version.${id}.compare`,
      short: menu.compare,
      title: actions.compare(id, service),
      ...(active === undefined || isLive ? {} : { command: command('diff', active, id) }),
      disabled: versions.length < 2,
      menu: 'none',
      run: () => work.compare(version),
    },
    {
      id: `version.${id}.delete`,
      short: menu.delete,
      title: actions.delete(id, service),
      command: command('delete', id),
      disabled: isLive,
      menu: 'none',
      run: () => work.remove(version),
    },
  ];
}
