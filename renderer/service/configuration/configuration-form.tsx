/** The configuration of a service, as a form that its type's schema gives. */
import RestartAlt from '@mui/icons-material/RestartAlt';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import IconButton from '@mui/material/IconButton';
import Paper from '@mui/material/Paper';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { useMemo } from 'react';
import { argument } from '../../actions/command.ts';
import { useActions } from '../../actions/use-actions.ts';
import { withUndo } from '../../actions/with-undo.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Form } from '../../components/form.tsx';
import { Section } from '../../components/section.tsx';
import { useAction } from '../../components/use-action.ts';
import { type Field, fieldsOf, readField, textOf, titleOf } from '../../forms/schema.ts';
import { SchemaField } from '../../forms/schema-field.tsx';
import { useServiceDraft } from '../../stores/service-drafts.ts';
import type { ServiceTabProps } from '../tabs.ts';
import { configure } from './configure.ts';
import { useConfigurationTexts } from './texts.ts';

const nothingTyped: Readonly<Record<string, string>> = {};

export function ConfigurationForm({
  application,
  service,
  schema,
  onChanged,
}: ServiceTabProps & { readonly schema: unknown }) {
  const texts = useConfigurationTexts();
  const fields = useMemo(() => fieldsOf(schema), [schema]);
  const [draft, setDraft] = useServiceDraft(application.id, service.name, 'configuration');
  const typed = draft ?? nothingTyped;
  const setTyped = (next: Readonly<Record<string, string>>) =>
    setDraft(Object.keys(next).length === 0 ? undefined : next);
  const changedKeys = new Set(service.changedKeys ?? []);
  const present = (field: Field): string => textOf(service.configuration[field.name], field.kind);
  const edited = fields.filter(({ name }) => typed[name] !== undefined);
  const reads = new Map(edited.map((field) => [field.name, readField(field, typed[field.name] ?? '')]));
  const isWrong = [...reads.values()].some((read) => 'problem' in read);

  const apply = useAction(async () => {
    const change: Record<string, unknown> = {};
    const before: Record<string, unknown> = {};
    for (const [name, read] of reads) {
      if ('problem' in read) continue;
      change[name] = read.value ?? null;
      before[name] = changedKeys.has(name) ? service.configuration[name] : null;
    }
    const set = (configuration: Record<string, unknown>) => () =>
      configure(application.id, service.name, { configuration });
    const said = texts.form.changed(service.name, Object.keys(change).map(titleOf));
    await withUndo({ said, act: set(change), undo: set(before) });
    setDraft(undefined);
    onChanged();
  });
  const canApply = edited.length > 0 && !isWrong && !apply.busy;
  useActions([
    {
      id: 'configuration.apply',
      title: texts.form.applyAction(service.name),
      shortcut: 'Mod+Enter',
      command: `conpaas service configure ${argument(application.name)} ${argument(service.name)} KEY=VALUE`,
      disabled: !canApply,
      run: () => apply.run(),
    },
    {
      id: 'configuration.discard',
      title: texts.form.discardAction(service.name),
      disabled: edited.length === 0,
      run: () => setDraft(undefined),
    },
  ]);
  const refused = new Map(apply.failure?.places?.map(({ path, message }) => [path, message]));

  return (
    <Section title={texts.form.title} unsaved={edited.length > 0} text={texts.form.text}>
      <Paper sx={{ p: 2.5 }}>
        <Form ready={canApply} onSubmit={() => apply.run()}>
          <Box sx={{ display: 'grid', gap: 2.5, gridTemplateColumns: 'repeat(auto-fill, minmax(300px, 1fr))' }}>
            {fields.map((field) => {
              const read = reads.get(field.name);
              const isTyped = typed[field.name] !== undefined;
              const isSet = isTyped ? typed[field.name] !== '' : changedKeys.has(field.name);
              return (
                <Box key={field.name} sx={{ display: 'flex', gap: 0.5, alignItems: 'flex-start' }}>
                  <SchemaField
                    field={field}
                    text={typed[field.name] ?? present(field)}
                    problem={read && 'problem' in read ? read.problem : isTyped ? refused.get(field.name) : undefined}
                    disabled={apply.busy}
                    onChange={(text) => setTyped({ ...typed, [field.name]: text })}
                  />
                  <Mark
                    field={field}
                    isTyped={isTyped}
                    isSet={isSet}
                    onReset={() =>
                      changedKeys.has(field.name)
                        ? setTyped({ ...typed, [field.name]: '' })
                        : setTyped(without(typed, field.name))
                    }
                  />
                </Box>
              );
            })}
          </Box>
          {fields.length === 0 && <Typography color="textSecondary">{texts.form.empty}</Typography>}
          {edited.length > 0 && (
            <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mt: 2.5 }}>
              <Button type="submit" variant="contained" disabled={!canApply} aria-keyshortcuts="Control+Enter">
                {texts.apply}
              </Button>
              <Button color="secondary" onClick={() => setDraft(undefined)}>
                {texts.discard}
              </Button>
              <Typography variant="body2" color="textSecondary" role="status">
                {isWrong ? texts.form.mend : edited.map(({ name }) => titleOf(name)).join(', ')}
              </Typography>
            </Box>
          )}
          {apply.failure && (
            <FailureNotice
              title={texts.nothingChanged}
              failure={apply.failure}
              onRetry={() => apply.run()}
              sx={{ mt: 2 }}
            />
          )}
        </Form>
      </Paper>
    </Section>
  );
}

interface MarkProps {
  readonly field: Field;
  readonly isTyped: boolean;
  readonly isSet: boolean;
  readonly onReset: () => void;
}

/** Whether a key is at its default, and the way back to it. */
function Mark({ field, isTyped, isSet, onReset }: MarkProps) {
  const texts = useConfigurationTexts().form;
  const word = isTyped ? texts.edited : isSet ? texts.set : undefined;
  const text = field.defaultText ?? texts.notSet;
  return (
    <Box sx={{ width: 84, flexShrink: 0, display: 'flex', alignItems: 'center', minHeight: 40 }}>
      {word && (
        <>
          <Chip
            size="small"
            variant="outlined"
            color={isTyped ? 'warning' : 'primary'}
            label={word}
            sx={{ height: 20 }}
          />
          <Tooltip title={texts.defaultIs(text.length > 80 ? `${text.slice(0, 80)}…` : text)}>
            <IconButton aria-label={texts.toDefault(titleOf(field.name))} disabled={!isSet} onClick={onReset}>
              <RestartAlt sx={{ fontSize: 16 }} />
            </IconButton>
          </Tooltip>
        </>
      )}
    </Box>
  );
}

function without(record: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}
