/** The fields of a kind of cloud, from its schema. What is secret is typed blind. */
import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';

export type FieldValues = Readonly<Record<string, string>>;

interface Field {
  readonly key: string;
  readonly title: string;
  readonly description: string | undefined;
  readonly secret: boolean;
  readonly required: boolean;
  readonly type: string;
}

/** Fields of a JSON Schema of an object of plain values. Pure. */
export function fieldsOf(schema: unknown): readonly Field[] {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([key, about]) => ({
    key,
    title: typeof about['title'] === 'string' ? about['title'] : key,
    description: typeof about['description'] === 'string' ? about['description'] : undefined,
    secret: about['secret'] === true,
    required: required.includes(key),
    type: typeof about['type'] === 'string' ? about['type'] : 'string',
  }));
}

/** What was typed, as the schema wants it; empty fields are left out. Pure. */
export function typedFields(schema: unknown, values: FieldValues): Record<string, string | number | boolean> {
  const result: Record<string, string | number | boolean> = {};
  for (const { key, type } of fieldsOf(schema)) {
    const value = values[key] ?? '';
    if (value === '') continue;
    result[key] =
      type === 'number' || type === 'integer' ? Number(value) : type === 'boolean' ? value === 'true' : value;
  }
  return result;
}

export interface CredentialFieldsProps {
  readonly schema: unknown;
  readonly values: FieldValues;
  readonly onChange: (values: FieldValues) => void;
  /** What is wrong, by key. */
  readonly problems?: FieldValues;
}

export function CredentialFields({ schema, values, onChange, problems = {} }: CredentialFieldsProps) {
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
      {fieldsOf(schema).map(({ key, title, description, secret, required }) => (
        <TextField
          key={key}
          label={title}
          required={required}
          type={secret ? 'password' : 'text'}
          autoComplete="off"
          error={problems[key] !== undefined}
          helperText={
            problems[key] === undefined ? (
              description
            ) : (
              <>
                {problems[key]}
                <br />
                {description}
              </>
            )
          }
          value={values[key] ?? ''}
          onChange={({ target }) => onChange({ ...values, [key]: target.value })}
        />
      ))}
    </Box>
  );
}
