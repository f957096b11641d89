/** Fields of several values: texts, sources, names of services, variables. */
import Add from '@mui/icons-material/Add';
import ArrowDown from '@mui/icons-material/ArrowDownward';
import ArrowUp from '@mui/icons-material/ArrowUpward';
import Close from '@mui/icons-material/Close';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import IconButton from '@mui/material/IconButton';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { setValue } from '../text/edits.ts';
import { isRecord, type Path } from '../text/schema.ts';
import { useField, useForm, useList, useRename } from './form-context.ts';
import type { FieldProps } from './simple-fields.tsx';
import { useManifestFormTexts } from './texts.ts';

export function Group({ label, description, children }: { label: string; description: string; children: ReactNode }) {
  return (
    <Box component="fieldset" sx={{ border: 0, p: 0, m: 0, minWidth: 0 }}>
      <Typography component="legend" variant="body2" sx={{ fontWeight: 600, p: 0 }}>
        {label}
      </Typography>
      <Typography variant="caption" color="textSecondary" component="p" sx={{ mb: 1 }}>
        {description}
      </Typography>
      <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1 }}>{children}</Box>
    </Box>
  );
}

interface RowProps {
  /** What it is about, for the labels of its buttons. */
  readonly what: string;
  readonly index: number;
  readonly count: number;
  readonly isReadOnly: boolean;
  readonly onRemove: () => void;
  readonly onSwap?: ((index: number) => void) | undefined;
  readonly children: ReactNode;
}

function Row({ what, index, count, isReadOnly, onRemove, onSwap, children }: RowProps) {
  const texts = useManifestFormTexts().item;
  return (
    <Box sx={{ display: 'flex', gap: 0.5, alignItems: 'center' }}>
      {children}
      {onSwap && count > 1 && (
        <>
          <IconButton
            aria-label={texts.moveUp(what)}
            disabled={isReadOnly || index === 0}
            onClick={() => onSwap(index - 1)}
          >
            <ArrowUp fontSize="small" />
          </IconButton>
          <IconButton
            aria-label={texts.moveDown(what)}
            disabled={isReadOnly || index === count - 1}
            onClick={() => onSwap(index)}
          >
            <ArrowDown fontSize="small" />
          </IconButton>
        </>
      )}
      <IconButton aria-label={texts.remove(what)} disabled={isReadOnly} onClick={onRemove}>
        <Close fontSize="small" />
      </IconButton>
    </Box>
  );
}

function AddButton({ label, disabled, onClick }: { label: string; disabled: boolean; onClick: () => void }) {
  return (
    <Button startIcon={<Add />} disabled={disabled} onClick={onClick} sx={{ alignSelf: 'flex-start', ml: -1 }}>
      {label}
    </Button>
  );
}

export function TextsValue({ field, path }: FieldProps) {
  const texts = useManifestFormTexts().item;
  const list = useList(path);
  return (
    <Group label={field.label} description={field.description}>
      {list.items.map((item, index) => (
        <Row
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is what the row is about
          key={index}
          what={texts.label(field.label, index + 1)}
          index={index}
          count={list.items.length}
          isReadOnly={list.isReadOnly}
          onRemove={() => list.remove(index)}
          onSwap={list.swap}
        >
          <OneText path={[...path, index]} label={texts.label(field.label, index + 1)} value={item} />
        </Row>
      ))}
      <AddButton label={texts.addTo(field.label)} disabled={list.isReadOnly} onClick={() => list.add('')} />
    </Group>
  );
}

function OneText({ path, label, value }: { path: Path; label: string; value: unknown }) {
  const { isReadOnly, problem, set } = useField(path);
  return (
    <TextField
      fullWidth
      hiddenLabel
      value={typeof value === 'string' ? value : JSON.stringify(value)}
      error={problem !== undefined}
      {...(problem === undefined ? {} : { helperText: problem })}
      onChange={({ target }) => set(target.value, true)}
      slotProps={{ htmlInput: { 'aria-label': label, readOnly: isReadOnly, spellCheck: false } }}
    />
  );
}

/** One source, or a list of layers: written as a list only when there is more than one. */
export function SourceValue({ field, path, order }: FieldProps) {
  const { item: texts, source: own } = useManifestFormTexts();
  const { value, isReadOnly, set } = useField(path, order);
  const list = useList(path);
  const many = field.is.kind === 'source' && field.is.many;
  const isList = Array.isArray(value);
  const sources = isList ? value : value === undefined ? [] : [value];
  return (
    <Group label={field.label} description={field.description}>
      {sources.map((source, index) => (
        <Row
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is what the row is about
          key={index}
          what={texts.label(field.label, index + 1)}
          index={index}
          count={sources.length}
          isReadOnly={isReadOnly}
          onRemove={() => (isList ? list.remove(index) : set(undefined))}
          onSwap={isList ? list.swap : undefined}
        >
          {isRecord(source) ? (
            <Typography variant="body2" sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
              {String(source['Name'] ?? source['Blob'])}
              <Typography component="span" variant="caption" color="textSecondary">
                {` · ${own.kept}`}
              </Typography>
            </Typography>
          ) : (
            <OneText
              path={isList ? [...path, index] : path}
              label={texts.label(field.label, index + 1)}
              value={source}
            />
          )}
        </Row>
      ))}
      {(many || sources.length === 0) && (
        <AddButton
          label={sources.length === 0 ? own.add(field.label) : own.addLayer}
          disabled={isReadOnly}
          onClick={() => (isList ? list.add('') : set(sources.length === 0 ? '' : [...sources, '']))}
        />
      )}
    </Group>
  );
}

export function NeedsValue({ field, path, order }: FieldProps) {
  const texts = useManifestFormTexts().needs;
  const { services } = useForm();
  const { value, isReadOnly, set } = useField(path, order);
  const list = useList(path);
  const own = services[Number(path[1])];
  const others = services.filter((name) => name !== own);
  const known = [...new Set([...others, ...list.items.map(String)])];
  return (
    <Group label={field.label} description={value === undefined ? texts.all : field.description}>
      {known.length === 0 && (
        <Typography variant="body2" color="textSecondary">
          {texts.none}
        </Typography>
      )}
      {known.map((name) => (
        <FormControlLabel
          key={name}
          label={others.includes(name) ? name : texts.unknown(name)}
          sx={{ my: -0.75 }}
          control={
            <Checkbox
              size="small"
              checked={list.items.includes(name)}
              disabled={isReadOnly}
              onChange={({ target }) => {
                if (!target.checked) list.remove(list.items.indexOf(name));
                else if (Array.isArray(value)) list.add(name);
                else set([name]);
              }}
            />
          }
        />
      ))}
    </Group>
  );
}

export function MapValue({ field, path, order }: FieldProps) {
  const texts = useManifestFormTexts().item;
  const { value, isReadOnly, set } = useField(path, order);
  const form = useForm();
  const rename = useRename();
  const entries = isRecord(value) ? Object.entries(value) : [];
  const newName = (): string => {
    let name = 'NAME';
    for (let count = 2; entries.some(([key]) => key === name); count++) name = `NAME_${count}`;
    return name;
  };
  return (
    <Group label={field.label} description={field.description}>
      {entries.map(([name, inner], index) => (
        <Row
          // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is being typed
          key={index}
          what={name}
          index={index}
          count={entries.length}
          isReadOnly={isReadOnly}
          onRemove={() =>
            entries.length === 1 ? set(undefined) : form.change(setValue(form.text, [...path, name], undefined))
          }
        >
          <TextField
            hiddenLabel
            value={name}
            onChange={({ target }) => {
              // A name that is there already would swallow the other one while it is being typed.
              if (!entries.some(([key]) => key === target.value)) rename([...path, name], target.value);
            }}
            slotProps={{ htmlInput: { 'aria-label': texts.name(name), readOnly: isReadOnly, spellCheck: false } }}
            sx={{ width: '42%', flexShrink: 0 }}
          />
          <OneText path={[...path, name]} label={texts.value(name)} value={inner} />
        </Row>
      ))}
      <AddButton
        label={texts.addTo(field.label)}
        disabled={isReadOnly}
        onClick={() => form.change(setValue(form.text, [...path, newName()], '', order))}
      />
    </Group>
  );
}
