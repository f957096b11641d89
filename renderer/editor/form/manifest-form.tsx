/** The manifest as a form beside its text: each change here is a small change there, undone together with typing. */
import Add from '@mui/icons-material/Add';
import ArrowDown from '@mui/icons-material/ArrowDownward';
import ArrowUp from '@mui/icons-material/ArrowUpward';
import Delete from '@mui/icons-material/DeleteOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { parseTree } from 'jsonc-parser';
import { useMemo } from 'react';
import { manifestSchema } from '../manifest-schema.ts';
import type { EditingSession, SessionSnapshot } from '../session.ts';
import { serviceNames, serviceTypes } from '../text/completion.ts';
import { outlineOf } from '../text/outline.ts';
import { alternativesAt } from '../text/schema.ts';
import { manifestTypes } from '../types.ts';
import { type Field, fieldsOf } from './fields.ts';
import { FormProvider, useField, useForm, useList } from './form-context.ts';
import { FormField } from './form-field.tsx';
import { useManifestFormTexts } from './texts.ts';

const topOrder = Object.keys(manifestSchema.properties ?? {});
const types = serviceTypes(manifestSchema);

export function ManifestForm({ session, snapshot }: { session: EditingSession; snapshot: SessionSnapshot }) {
  const texts = useManifestFormTexts();
  const { readable, isReadable, problems } = snapshot;
  const root = useMemo(() => parseTree(readable.text, []), [readable.text]);
  const services = useMemo(() => outlineOf(readable.text, readable.document, manifestTypes), [readable]);
  const form = {
    ...readable,
    root,
    problems: isReadable ? problems : [],
    isReadOnly: !isReadable,
    services: services.length > 0 ? services.map(({ name }) => name) : serviceNames(readable.document),
    change: session.change.bind(session),
  };
  return (
    <FormProvider value={form}>
      <Box
        component="section"
        aria-label={texts.label}
        sx={{ p: 2.5, display: 'flex', flexDirection: 'column', gap: 2 }}
      >
        {!isReadable && (
          <Alert severity="warning" variant="outlined" role="status">
            {texts.unreadable}
          </Alert>
        )}
        {fieldsOf(manifestSchema, ['$schema', 'Version', 'Services']).map((field) => (
          <FormField key={field.key} field={field} path={[field.key]} order={topOrder} />
        ))}
        <Services />
      </Box>
    </FormProvider>
  );
}

function Services() {
  const texts = useManifestFormTexts();
  const { items, isReadOnly, add } = useList(['Services']);
  const { services } = useForm();
  return (
    <>
      <Typography component="h2" variant="h3" sx={{ mt: 0.5 }}>
        {texts.services}
      </Typography>
      {items.map((_service, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a service is what stands at this place
        <Service key={index} index={index} count={items.length} name={services[index] ?? texts.service} />
      ))}
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
        {types.map(({ type, title }) => (
          <Button
            key={type}
            variant="outlined"
            startIcon={<Add />}
            disabled={isReadOnly}
            onClick={() => add({ Type: type, ServiceName: freeName(type, services) })}
          >
            {texts.addService(title)}
          </Button>
        ))}
      </Box>
    </>
  );
}

function freeName(type: string, taken: readonly string[]): string {
  let name = type;
  for (let count = 2; taken.includes(name); count++) name = `${type}-${count}`;
  return name;
}

function Service({ index, count, name }: { index: number; count: number; name: string }) {
  const texts = useManifestFormTexts();
  const path = ['Services', index];
  const { document, isReadOnly } = useForm();
  const list = useList(['Services']);
  const [branch = {}] = alternativesAt(manifestSchema, document, path);
  const fields = fieldsOf(branch, ['Type']);
  const order = Object.keys(branch.properties ?? {});
  const titleId = `service-${index}`;
  return (
    <Box
      component="section"
      aria-labelledby={titleId}
      sx={{ border: 1, borderColor: 'divider', borderRadius: 2, overflow: 'hidden' }}
    >
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.5, bgcolor: 'sunken', px: 2, py: 0.75 }}>
        <Typography id={titleId} component="h3" variant="body2" noWrap sx={{ fontWeight: 650, flex: 1, minWidth: 0 }}>
          {name}
        </Typography>
        <IconButton
          aria-label={texts.moveUp(name)}
          disabled={isReadOnly || index === 0}
          onClick={() => list.swap(index - 1)}
        >
          <ArrowUp fontSize="small" />
        </IconButton>
        <IconButton
          aria-label={texts.moveDown(name)}
          disabled={isReadOnly || index === count - 1}
          onClick={() => list.swap(index)}
        >
          <ArrowDown fontSize="small" />
        </IconButton>
        <IconButton aria-label={texts.remove(name)} disabled={isReadOnly} onClick={() => list.remove(index)}>
          <Delete fontSize="small" />
        </IconButton>
      </Box>
      <Box sx={{ p: 2, display: 'flex', flexDirection: 'column', gap: 2 }}>
        <TypeChoice index={index} order={order} />
        {fields.map((field: Field) => (
          <FormField key={field.key} field={field} path={[...path, field.key]} order={order} />
        ))}
      </Box>
    </Box>
  );
}

function TypeChoice({ index, order }: { index: number; order: readonly string[] }) {
  const texts = useManifestFormTexts();
  const { value, isReadOnly, problem, set } = useField<string>(['Services', index, 'Type'], order);
  const known = types.find(({ type }) => type === String(value).toLowerCase());
  return (
    <TextField
      select
      fullWidth
      label={texts.type}
      value={known?.type ?? ''}
      disabled={isReadOnly}
      error={problem !== undefined}
      helperText={problem ?? known?.description}
      onChange={({ target }) => set(target.value)}
    >
      {types.map(({ type, title }) => (
        <MenuItem key={type} value={type}>
          {title}
        </MenuItem>
      ))}
    </TextField>
  );
}
