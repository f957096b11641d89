/** What is shown of the logs of an application: services and nodes, kinds of logs, and levels. */
import Divider from '@mui/material/Divider';
import MenuItem from '@mui/material/MenuItem';
import type { LineLevel, LogSourceInfo } from '../../main/hub/protocol.ts';
import { timeText } from '../components/time.ts';
import { Check, DropDown } from './drop-down.tsx';
import { useLogTexts } from './texts.ts';
import type { LogChoice } from './use-log-view.ts';

export interface ChoiceProps {
  readonly choice: LogChoice;
  readonly onChoice: (choice: LogChoice) => void;
}

/** All but one, or with one more; all together are `undefined`. */
function toggled<T>(all: readonly T[], chosen: readonly T[] | undefined, one: T): readonly T[] | undefined {
  const now = chosen ?? all;
  const next = now.includes(one) ? now.filter((other) => other !== one) : [...now, one];
  return next.length === 0 ||
    (all.length > 0 && all.every((other) => next.includes(other)) && next.length === all.length)
    ? undefined
    : next;
}

export function NodesMenu({
  sources,
  choice,
  onChoice,
  fixed,
}: ChoiceProps & { sources: readonly LogSourceInfo[]; fixed: boolean }) {
  const texts = useLogTexts().nodes;
  const living = sources.filter(({ until }) => until === undefined);
  const gone = sources.filter(({ until }) => until !== undefined);
  const names = living.map(({ node }) => node);
  const services = [...new Set(living.map(({ service }) => service))];
  const inServices = living.filter(({ service }) => choice.services?.includes(service) ?? true).map(({ node }) => node);
  const chosen = choice.nodes ?? inServices;
  const choose = (nodes: readonly string[] | undefined): void => {
    const { nodes: _nodes, services: own, ...rest } = choice;
    onChoice({ ...rest, ...(fixed && own ? { services: own } : {}), ...(nodes ? { nodes } : {}) });
  };
  const all = fixed ? inServices : names;
  const label =
    choice.nodes === undefined
      ? choice.services && !fixed
        ? choice.services.join(', ')
        : texts.all
      : choice.nodes.length === 1
        ? (choice.nodes[0] ?? '')
        : texts.several(choice.nodes.length);
  return (
    <DropDown label={label}>
      {() => [
        <MenuItem dense key="all" onClick={() => choose(undefined)}>
          {texts.all}
        </MenuItem>,
        ...services
          .filter((service) => !fixed || (choice.services?.includes(service) ?? true))
          .flatMap((service) => [
            <Divider component="li" role="separator" key={`service ${service}`} />,
            <MenuItem
              dense
              key={`only ${service}`}
              onClick={() => choose(living.filter((one) => one.service === service).map(({ node }) => node))}
            >
              {texts.only(service)}
            </MenuItem>,
            ...living
              .filter((one) => one.service === service)
              .map(({ node }) => (
                <Check
                  key={node}
                  checked={chosen.includes(node)}
                  text={node}
                  onClick={() => choose(toggled(all, chosen, node))}
                />
              )),
          ]),
        ...(gone.length === 0 ? [] : [<Divider component="li" role="separator" key="gone" />]),
        ...gone.map(({ node, until }) => (
          <Check
            key={`gone ${node}`}
            checked={chosen.includes(node)}
            text={node}
            beside={texts.removed(timeText(until ?? 0))}
            onClick={() => choose(toggled([], chosen, node) ?? undefined)}
          />
        )),
      ]}
    </DropDown>
  );
}

export function LogsMenu({ sources, choice, onChoice }: ChoiceProps & { sources: readonly LogSourceInfo[] }) {
  const texts = useLogTexts().logs;
  const all = [...new Set(sources.flatMap(({ logs }) => logs))].sort();
  const choose = (logs: readonly string[] | undefined): void => {
    const { logs: _logs, ...rest } = choice;
    onChoice({ ...rest, ...(logs ? { logs } : {}) });
  };
  return (
    <DropDown label={choice.logs ? choice.logs.join(', ') : texts.all}>
      {() => [
        <MenuItem dense key="all" onClick={() => choose(undefined)}>
          {texts.all}
        </MenuItem>,
        ...all.map((log) => (
          <Check
            key={log}
            checked={choice.logs?.includes(log) ?? true}
            text={log}
            onClick={() => choose(toggled(all, choice.logs, log))}
          />
        )),
      ]}
    </DropDown>
  );
}

const levels: readonly LineLevel[] = ['error', 'warning', 'info', 'debug', 'other'];

export function LevelsMenu({ choice, onChoice }: ChoiceProps) {
  const texts = useLogTexts().levels;
  const choose = (chosen: readonly LineLevel[] | undefined): void => {
    const { levels: _levels, ...rest } = choice;
    onChoice({ ...rest, ...(chosen ? { levels: chosen } : {}) });
  };
  const label = choice.levels === undefined ? texts.all : choice.levels.map((level) => texts.words[level]).join(', ');
  return (
    <DropDown label={label}>
      {() => [
        <MenuItem dense key="all" onClick={() => choose(undefined)}>
          {texts.all}
        </MenuItem>,
        <MenuItem dense key="bad" onClick={() => choose(['error', 'warning'])}>
          {texts.bad}
        </MenuItem>,
        ...levels.map((level) => (
          <Check
            key={level}
            checked={choice.levels?.includes(level) ?? true}
            text={texts.titles[level]}
            onClick={() => choose(toggled(levels, choice.levels, level))}
          />
        )),
      ]}
    </DropDown>
  );
}
