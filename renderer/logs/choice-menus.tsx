/** What is shown of the logs of an application: services and nodes, kinds of logs, levels, and when. */
import ArrowDropDown from '@mui/icons-material/ArrowDropDown';
import CheckBox from '@mui/icons-material/CheckBox';
import CheckBoxOutlineBlank from '@mui/icons-material/CheckBoxOutlineBlank';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Divider from '@mui/material/Divider';
import ListItemText from '@mui/material/ListItemText';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { type ReactNode, useState } from 'react';
import type { LineLevel, LogSourceInfo } from '../../main/hub/protocol.ts';
import { timeText } from '../components/time.ts';
import type { LogChoice } from './use-log-view.ts';

export interface ChoiceProps {
  readonly choice: LogChoice;
  readonly onChoice: (choice: LogChoice) => void;
}

interface DropDownProps {
  readonly label: string;
  readonly children: (close: () => void) => ReactNode;
}

function DropDown({ label, children }: DropDownProps) {
  const [anchor, setAnchor] = useState<HTMLElement>();
  const close = () => setAnchor(undefined);
  return (
    <>
      <Button
        color="inherit"
        endIcon={<ArrowDropDown />}
        aria-haspopup="menu"
        aria-expanded={anchor !== undefined}
        onClick={({ currentTarget }) => setAnchor(currentTarget)}
        sx={{ px: 0.75, minWidth: 0, fontWeight: 500, maxWidth: 220, '& .MuiButton-endIcon': { ml: 0 } }}
      >
        {label}
      </Button>
      <Menu
        open={anchor !== undefined}
        {...(anchor ? { anchorEl: anchor } : {})}
        onClose={close}
        // Inside of its landmark, where who reads by landmarks finds it.
        disablePortal
        slotProps={{ paper: { sx: { maxHeight: 420 } } }}
      >
        {children(close)}
      </Menu>
    </>
  );
}

function Check({
  checked,
  text,
  beside,
  onClick,
}: {
  checked: boolean;
  text: string;
  beside?: string;
  onClick: () => void;
}) {
  const Icon = checked ? CheckBox : CheckBoxOutlineBlank;
  return (
    <MenuItem dense role="menuitemcheckbox" aria-checked={checked} onClick={onClick}>
      <Icon aria-hidden fontSize="small" color={checked ? 'primary' : 'inherit'} sx={{ mr: 1 }} />
      <ListItemText primary={text} secondary={beside} />
    </MenuItem>
  );
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
        : 'All nodes'
      : choice.nodes.length === 1
        ? (choice.nodes[0] ?? '')
        : `${choice.nodes.length} nodes`;
  return (
    <DropDown label={label}>
      {() => [
        <MenuItem dense key="all" onClick={() => choose(undefined)}>
          All nodes
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
              Only {service}
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
            beside={`removed; kept until ${timeText(until ?? 0)}`}
            onClick={() => choose(toggled([], chosen, node) ?? undefined)}
          />
        )),
      ]}
    </DropDown>
  );
}

export function LogsMenu({ sources, choice, onChoice }: ChoiceProps & { sources: readonly LogSourceInfo[] }) {
  const all = [...new Set(sources.flatMap(({ logs }) => logs))].sort();
  const choose = (logs: readonly string[] | undefined): void => {
    const { logs: _logs, ...rest } = choice;
    onChoice({ ...rest, ...(logs ? { logs } : {}) });
  };
  return (
    <DropDown label={choice.logs ? choice.logs.join(', ') : 'All logs'}>
      {() => [
        <MenuItem dense key="all" onClick={() => choose(undefined)}>
          All logs
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
const levelTitles: Readonly<Record<LineLevel, string>> = {
  error: 'Errors',
  warning: 'Warnings',
  info: 'Information',
  debug: 'Debugging',
  other: 'Lines that say no level',
};

export function LevelsMenu({ choice, onChoice }: ChoiceProps) {
  const choose = (chosen: readonly LineLevel[] | undefined): void => {
    const { levels: _levels, ...rest } = choice;
    onChoice({ ...rest, ...(chosen ? { levels: chosen } : {}) });
  };
  const label =
    choice.levels === undefined
      ? 'All levels'
      : choice.levels.map((level) => (level === 'other' ? 'none said' : level)).join(', ');
  return (
    <DropDown label={label}>
      {() => [
        <MenuItem dense key="all" onClick={() => choose(undefined)}>
          All levels
        </MenuItem>,
        <MenuItem dense key="bad" onClick={() => choose(['error', 'warning'])}>
          Errors and warnings only
        </MenuItem>,
        ...levels.map((level) => (
          <Check
            key={level}
            checked={choice.levels?.includes(level) ?? true}
            text={levelTitles[level]}
            onClick={() => choose(toggled(levels, choice.levels, level))}
          />
        )),
      ]}
    </DropDown>
  );
}

const minute = 60_000;
const spans: readonly (readonly [string, number])[] = [
  ['Last 5 minutes', 5 * minute],
  ['Last 15 minutes', 15 * minute],
  ['Last hour', 60 * minute],
  ['Last 24 hours', 24 * 60 * minute],
];

export function TimeMenu({ choice, onChoice }: ChoiceProps) {
  const [asking, setAsking] = useState(false);
  const { since, until, ...rest } = choice;
  const label =
    since === undefined && until === undefined
      ? 'Any time'
      : `${since === undefined ? 'start' : timeText(since)} – ${until === undefined ? 'now' : timeText(until)}`;
  return (
    <>
      <DropDown label={label}>
        {(close) => [
          <MenuItem
            dense
            key="any"
            onClick={() => {
              close();
              onChoice(rest);
            }}
          >
            Any time
          </MenuItem>,
          ...spans.map(([title, span]) => (
            <MenuItem
              dense
              key={title}
              onClick={() => {
                close();
                onChoice({ ...rest, since: Date.now() - span });
              }}
            >
              {title}
            </MenuItem>
          )),
          <MenuItem
            dense
            key="between"
            onClick={() => {
              close();
              setAsking(true);
            }}
          >
            Between…
          </MenuItem>,
        ]}
      </DropDown>
      {asking && (
        <RangeDialog
          since={since}
          until={until}
          onClose={() => setAsking(false)}
          onRange={(range) => {
            setAsking(false);
            onChoice({ ...rest, ...range });
          }}
        />
      )}
    </>
  );
}

/** For a field of type `datetime-local`, in the time zone of this computer. */
function fieldText(time: number | undefined): string {
  if (time === undefined) return '';
  return new Date(time - new Date(time).getTimezoneOffset() * minute).toISOString().slice(0, 19);
}

interface RangeDialogProps {
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly onClose: () => void;
  readonly onRange: (range: { since?: number; until?: number }) => void;
}

function RangeDialog({ since, until, onClose, onRange }: RangeDialogProps) {
  const [from, setFrom] = useState(fieldText(since ?? Date.now() - 60 * minute));
  const [to, setTo] = useState(fieldText(until));
  const times = { since: Date.parse(from), until: Date.parse(to) };
  const wrong = times.since >= times.until;
  return (
    <Dialog open onClose={onClose} maxWidth="xs" aria-labelledby="range-title">
      <DialogTitle id="range-title">Lines between</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 2, pt: '8px !important' }}>
        <TextField
          label="From"
          type="datetime-local"
          value={from}
          onChange={({ target }) => setFrom(target.value)}
          slotProps={{ inputLabel: { shrink: true }, htmlInput: { step: 1 } }}
        />
        <TextField
          label="To (empty: now)"
          type="datetime-local"
          value={to}
          error={wrong}
          helperText={wrong ? 'This is before the start.' : undefined}
          onChange={({ target }) => setTo(target.value)}
          slotProps={{ inputLabel: { shrink: true }, htmlInput: { step: 1 } }}
        />
      </DialogContent>
      <DialogActions>
        <Button color="secondary" onClick={onClose}>
          Cancel
        </Button>
        <Button
          variant="contained"
          disabled={wrong}
          onClick={() =>
            onRange({
              ...(Number.isNaN(times.since) ? {} : { since: times.since }),
              ...(Number.isNaN(times.until) ? {} : { until: times.until }),
            })
          }
        >
          Show
        </Button>
      </DialogActions>
    </Dialog>
  );
}
