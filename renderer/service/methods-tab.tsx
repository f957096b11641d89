/** Every method that a user may call on this service, as a form; its own type's first. */
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { ServiceMethod } from '../../main/hub/protocol.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Section } from '../components/section.tsx';
import { Worded } from '../components/worded.tsx';
import { MethodForm } from './methods/method-form.tsx';
import { useMethodTexts } from './methods/texts.ts';
import type { ServiceTabProps } from './tabs.ts';
import { useType } from './use-type.ts';

/** Made for programs: nobody types the hashes of files. */
const forPrograms = new Set(['compare_files']);

export function MethodsTab(props: ServiceTabProps) {
  const texts = useMethodTexts();
  const { value: type, failure, reload } = useType(props.service.type);
  const [search, setSearch] = useState('');
  const sought = search.trim().toLowerCase();
  if (failure && !type) return <FailureNotice title={texts.failed} failure={failure} onRetry={reload} />;
  if (!type) return <Skeleton variant="rounded" height={320} />;
  const fits = ({ name, doc, kind }: ServiceMethod): boolean =>
    !forPrograms.has(name) &&
    `${name} ${doc}`.toLowerCase().includes(sought) &&
    // What only services with code, or scripts, can do is no use elsewhere.
    (type.code || !/code_version|health_check/.test(name)) &&
    (type.scripts || !/script|service_secrets/.test(name)) &&
    kind !== undefined;
  const own = type.methods.filter((method) => method.own && fits(method));
  const common = type.methods.filter((method) => !method.own && fits(method));
  return (
    <>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, mb: 2 }}>
        <TextField
          placeholder={texts.search}
          value={search}
          onChange={({ target }) => setSearch(target.value)}
          slotProps={{ htmlInput: { 'aria-label': texts.search, type: 'search' } }}
        />
        <Typography variant="body2" color="textSecondary">
          <Worded text={texts.about} values={[<code key="command">conpaas call</code>]} />
        </Typography>
      </Box>
      {[
        { title: texts.ofType(type.title), methods: own },
        { title: texts.ofAll, methods: common },
      ].map(
        ({ title, methods }) =>
          methods.length > 0 && (
            <Section key={title} title={title}>
              {methods.map((method) => (
                <MethodForm key={method.name} {...props} method={method} />
              ))}
            </Section>
          ),
      )}
      {own.length + common.length === 0 && <Typography color="textSecondary">{texts.none}</Typography>}
    </>
  );
}
