/** One method as a form: its parameters, its result readable, the command that does the same. */
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useMemo, useState } from 'react';
import type { ServiceMethod } from '../../../main/hub/protocol.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Form } from '../../components/form.tsx';
import { MethodHead } from '../../components/method-head.tsx';
import { OperationSteps } from '../../components/operation-steps.tsx';
import { sizeText } from '../../components/time.ts';
import { useAction } from '../../components/use-action.ts';
import { useOperation } from '../../components/use-operation.ts';
import { fieldsOf, readForm } from '../../forms/schema.ts';
import { SchemaField } from '../../forms/schema-field.tsx';
import { hub } from '../../hub/client.ts';
import { desktop } from '../../hub/desktop.ts';
import { say } from '../../stores/notices.ts';
import { putMethodDraft, useServiceDraft } from '../../stores/service-drafts.ts';
import type { ServiceTabProps } from '../tabs.ts';
import { ValueTree } from '../value-tree.tsx';
import { callText } from './call-text.ts';
import { useMethodTexts } from './texts.ts';

export interface MethodFormProps extends ServiceTabProps {
  readonly method: ServiceMethod;
}

/** A parameter that would bring a secret into the page; the hub refuses it too. */
const neverAsked = ['service', 'reveal'];

export function MethodForm({ application, service, method, onChanged }: MethodFormProps) {
  const words = useMethodTexts();
  const fields = useMemo(() => fieldsOf(method.params, neverAsked), [method.params]);
  const [drafts] = useServiceDraft(application.id, service.name, 'methods');
  const kept = drafts?.[method.name];
  const [open, setOpen] = useState(kept !== undefined);
  const [secretTexts, setSecretTexts] = useState<Readonly<Record<string, string>>>({});
  /** What was sent last stays in the fields, but is no draft any more. */
  const [sent, setSent] = useState<Readonly<Record<string, string>>>({});
  const texts = { ...sent, ...kept, ...secretTexts };
  const [tried, setTried] = useState(false);
  const [result, setResult] = useState<{ readonly value: unknown }>();
  const { values, problems } = readForm(fields, texts);
  const secrets = fields.filter(({ kind }) => kind === 'secret').map(({ name }) => name);
  const discard = () => putMethodDraft(application.id, service.name, method.name, {});
  const type = (name: string, text: string) =>
    secrets.includes(name)
      ? setSecretTexts({ ...secretTexts, [name]: text })
      : putMethodDraft(application.id, service.name, method.name, { ...sent, ...kept, [name]: text });
  const operation = useOperation(operationOf(result?.value));
  const call = useAction(async () => {
    const params = { service: service.name, ...values };
    // What is secret goes one way: the fields are emptied whatever comes of it.
    setSecretTexts({});
    setResult(undefined);
    const answer = await callMethod(application.id, method, params);
    if (answer !== cancelled) setResult({ value: answer });
    setTried(false);
    if (answer !== cancelled) {
      setSent({ ...sent, ...kept });
      discard();
    }
    if (method.kind !== 'query') onChanged();
  });
  const wrong = Object.keys(problems).length > 0;
  return (
    <Paper component="section" aria-label={method.name} sx={{ mb: 1 }}>
      <MethodHead method={method} open={open} unsaved={kept !== undefined} onToggle={() => setOpen(!open)} />
      {open && (
        <Form
          ready
          onSubmit={() => {
            setTried(true);
            if (!wrong) call.run();
          }}
          sx={{ px: 2, pb: 2, display: 'flex', flexDirection: 'column', gap: 2 }}
        >
          {fields.length > 0 && (
            <Box sx={{ display: 'grid', gap: 2, mt: 1, gridTemplateColumns: 'repeat(auto-fill, minmax(280px, 1fr))' }}>
              {fields.map((field) => (
                <SchemaField
                  key={field.name}
                  field={field}
                  text={texts[field.name] ?? ''}
                  problem={tried || texts[field.name] ? problems[field.name] : undefined}
                  disabled={call.busy}
                  onChange={(text) => type(field.name, text)}
                />
              ))}
            </Box>
          )}
          <Box sx={{ display: 'flex', gap: 1 }}>
            <Button type="submit" variant="contained" disabled={call.busy || (tried && wrong)}>
              {words.verbs[method.kind]}
            </Button>
            {kept && (
              <Button color="secondary" disabled={call.busy} onClick={discard}>
                {words.discard}
              </Button>
            )}
            <Button
              color="secondary"
              onClick={() =>
                void desktop
                  .copyText(callText(application.name, service.name, method, values, secrets))
                  .then(() => say(words.copied))
              }
            >
              {words.copy}
            </Button>
          </Box>
          {call.failure && <FailureNotice failure={call.failure} onRetry={() => call.run()} />}
          {operation ? (
            <OperationSteps operation={operation} />
          ) : (
            result && (
              <Box role="status" sx={{ p: 1.5, bgcolor: 'sunken', borderRadius: 1, overflow: 'auto' }}>
                {isEmpty(result.value) ? (
                  <Typography variant="body2">{words.done}</Typography>
                ) : (
                  <ValueTree value={result.value} />
                )}
              </Box>
            )
          )}
        </Form>
      )}
    </Paper>
  );
}

const cancelled = Symbol('cancelled');

async function callMethod(
  application: string,
  { name, kind }: ServiceMethod,
  params: Record<string, unknown>,
): Promise<unknown> {
  if (kind === 'upload') {
    const [offer] = await desktop.chooseFiles('any');
    if (!offer) return cancelled;
    return hub.call('upload', {
      application,
      method: name,
      params,
      ticket: offer.ticket,
      transfer: crypto.randomUUID(),
    });
  }
  if (kind === 'download') {
    const [target] = await desktop.chooseTarget(name);
    if (!target) return cancelled;
    const call = { application, method: name, params, ticket: target.ticket, transfer: crypto.randomUUID() };
    const { bytes } = await hub.call('download', call);
    return { saved: target.name, size: sizeText(bytes) };
  }
  return hub.call('manager', { application, method: name, params });
}

/** The operation that a result tells of. */
function operationOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('operation' in value)) return undefined;
  return typeof value.operation === 'string' ? value.operation : undefined;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
}
