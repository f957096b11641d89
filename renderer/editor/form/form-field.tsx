/** One field of the form, by its kind; a group is a fold-out of more of them. */
import ExpandMore from '@mui/icons-material/ExpandMore';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { isRecord } from '../text/schema.ts';
import type { Field } from './fields.ts';
import { useField } from './form-context.ts';
import { MapValue, NeedsValue, SourceValue, TextsValue } from './list-fields.tsx';
import { ChoiceValue, type FieldProps, NumberValue, PasswordValue, SwitchValue, TextValue } from './simple-fields.tsx';
import { useManifestFormTexts } from './texts.ts';

export function FormField(props: FieldProps) {
  switch (props.field.is.kind) {
    case 'switch':
      return <SwitchValue {...props} />;
    case 'choice':
      return <ChoiceValue {...props} />;
    case 'number':
      return <NumberValue {...props} />;
    case 'text':
      return <TextValue {...props} />;
    case 'password':
      return <PasswordValue {...props} />;
    case 'source':
      return <SourceValue {...props} />;
    case 'texts':
      return <TextsValue {...props} />;
    case 'needs':
      return <NeedsValue {...props} />;
    case 'map':
      return <MapValue {...props} />;
    case 'group':
      return <GroupValue {...props} fields={props.field.is.fields} />;
    case 'other':
      return <Other field={props.field} />;
  }
}

function Other({ field }: Pick<FieldProps, 'field'>) {
  return (
    <Typography variant="body2" color="textSecondary">
      {useManifestFormTexts().other(field.label)}
    </Typography>
  );
}

function GroupValue({ field, path, fields }: FieldProps & { readonly fields: readonly Field[] }) {
  const texts = useManifestFormTexts();
  const { value } = useField(path);
  const keys = isRecord(value) ? Object.keys(value) : [];
  const order = fields.map(({ key }) => key);
  return (
    <Box
      component="details"
      sx={{ '& > summary .fold': { transform: 'rotate(-90deg)' }, '&[open] > summary .fold': { transform: 'none' } }}
    >
      <Box
        component="summary"
        sx={{ cursor: 'pointer', display: 'flex', alignItems: 'center', gap: 0.5, listStyle: 'none', py: 0.25 }}
      >
        <ExpandMore aria-hidden className="fold" fontSize="small" sx={{ color: 'text.secondary', ml: -0.5 }} />
        <Typography component="span" variant="body2" sx={{ fontWeight: 600 }}>
          {field.label}
        </Typography>
        <Typography component="span" variant="caption" color="textSecondary" noWrap sx={{ ml: 'auto', minWidth: 0 }}>
          {keys.length === 0 ? texts.defaults : keys.map((key) => summaryOf(key, value)).join(', ')}
        </Typography>
      </Box>
      <Typography variant="caption" color="textSecondary" component="p" sx={{ mb: 1.5 }}>
        {field.description}
      </Typography>
      <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1.75, pl: 2, borderLeft: 2, borderColor: 'divider' }}>
        {fields.map((inner) => (
          <FormField key={inner.key} field={inner} path={[...path, inner.key]} order={order} />
        ))}
      </Box>
    </Box>
  );
}

function summaryOf(key: string, value: unknown): string {
  const inner = isRecord(value) ? value[key] : undefined;
  return typeof inner === 'string' || typeof inner === 'number' ? `${key} ${inner}` : key;
}
