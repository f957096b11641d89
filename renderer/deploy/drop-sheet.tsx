/**
 * The drop sheet: what was dropped, what of it goes, what would change, where to; one Enter; then its way until it is
 * live, or until what was live before is live again, and why.
 */
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import Skeleton from '@mui/material/Skeleton';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useEffect, useRef, useState } from 'react';
import { useApplication } from '../application/use-application.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Form } from '../components/form.tsx';
import { sizeText } from '../components/time.ts';
import { useLoaded } from '../components/use-loaded.ts';
import { useOperation } from '../components/use-operation.ts';
import { Worded } from '../components/worded.tsx';
import { hub } from '../hub/client.ts';
import { closeDropSheet, type Deploying } from '../stores/deploying.ts';
import { DeployProgress } from './deploy-progress.tsx';
import { Difference } from './difference.tsx';
import { LeftOutList } from './left-out.tsx';
import { useDeployTexts } from './texts.ts';
import { useUpload } from './use-upload.ts';

export function DropSheet({ deploying: { application, service: handedTo, offer } }: { deploying: Deploying }) {
  const texts = useDeployTexts().sheet;
  const { value: info, failure: infoFailure, reload: reloadInfo } = useApplication(application);
  const services = info?.services.filter(({ code }) => code !== undefined) ?? [];
  const [chosen, setChosen] = useState<string>();
  const name = chosen ?? services.find((one) => one.name === handedTo)?.name ?? services[0]?.name;
  const service = services.find((one) => one.name === name);
  const [include, setInclude] = useState<readonly string[]>([]);
  const [description, setDescription] = useState('');
  const [activate, setActivate] = useState(true);
  /** What was live when it was sent: what it goes back to. */
  const [before, setBefore] = useState<string>();

  const contents = useLoaded(
    () => hub.call('inspect_offer', { ticket: offer.ticket, include: [...include] }),
    [offer.ticket, include],
  );
  const difference = useLoaded(
    async () =>
      name === undefined
        ? undefined
        : hub.call('compare_offer', { application, service: name, ticket: offer.ticket, include: [...include] }),
    [application, name, offer.ticket, include, service?.code?.active],
  );
  const upload = useUpload((transfer, signal) => {
    if (name === undefined) throw new Error('no service is chosen');
    setBefore(service?.code?.active);
    const params = { application, service: name, ticket: offer.ticket, include: [...include], description, activate };
    return hub.call('upload_code', { ...params, transfer }, signal);
  });
  const operation = useOperation(upload.result?.operation);
  const isEditing = upload.state === 'idle';
  const isOver =
    upload.state === 'done' && (upload.result?.operation === undefined || (operation && operation.state !== 'running'));
  const ready = contents.value !== undefined && service !== undefined && isEditing;
  const close = () => {
    upload.cancel();
    closeDropSheet();
  };
  // One Enter is enough: what goes on takes the focus once it can be done, unless something is being typed. Not before:
  // a second Enter must not cancel what the first one began.
  const deployButton = useRef<HTMLButtonElement>(null);
  const closeButton = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isOver) closeButton.current?.focus();
    else if (ready && !(document.activeElement instanceof HTMLInputElement)) deployButton.current?.focus();
  }, [ready, isOver]);
  return (
    <Dialog open onClose={close} aria-labelledby="drop-title" maxWidth="sm">
      <Form
        ready={ready}
        onSubmit={() => upload.start()}
        sx={{ display: 'flex', flexDirection: 'column', minHeight: 0 }}
      >
        <DialogTitle id="drop-title">
          {texts.title(offer.kind === 'folder' ? `${offer.name}/` : offer.name)}
        </DialogTitle>
        <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}>
          {contents.failure && (
            <FailureNotice title={texts.cannot} failure={contents.failure} onRetry={contents.reload} />
          )}
          {infoFailure && !info && <FailureNotice title={texts.unread} failure={infoFailure} onRetry={reloadInfo} />}
          {info && services.length === 0 && (
            <Alert severity="warning" variant="outlined">
              {texts.takesNoCode(info.summary.name)}
            </Alert>
          )}
          {!contents.value && !contents.failure && <Skeleton variant="rounded" height={60} />}
          {contents.value && (
            <>
              <Typography>
                {[
                  texts.contents(contents.value.files, sizeText(contents.value.bytes)),
                  ...(contents.value.skipped.length > 0 ? [texts.skipped(contents.value.skipped.length)] : []),
                ].join(' · ')}
              </Typography>
              {(isEditing ? contents.value.missing : []).map(({ lock, folder }) => (
                <Alert key={lock} severity="warning" variant="outlined">
                  <Worded
                    text={
                      contents.value?.leftOut.some(({ path }) => path === folder) ? texts.toInclude : texts.toInstall
                    }
                    values={[<code key="lock">{lock}</code>, <code key="folder">{folder}/</code>]}
                  />
                </Alert>
              ))}
              {isEditing && (
                <LeftOutList
                  contents={contents.value}
                  included={include}
                  disabled={!isEditing}
                  onInclude={(path) => setInclude([...include, path])}
                  onLeaveOut={(path) => setInclude(include.filter((one) => one !== path))}
                />
              )}
            </>
          )}
          {isEditing && (
            <>
              {services.length > 1 && (
                <TextField
                  select
                  label={texts.service}
                  value={name ?? ''}
                  onChange={({ target }) => setChosen(target.value)}
                  sx={{ mt: 1 }}
                >
                  {services.map((one) => (
                    <MenuItem key={one.name} value={one.name}>
                      {one.code?.active ? texts.serviceLive(one.name, one.code.active) : one.name}
                    </MenuItem>
                  ))}
                </TextField>
              )}
              {services.length === 1 && service && (
                <Typography variant="body2">
                  <Worded
                    text={(name: string) => texts.to(name, service.code?.active)}
                    values={[<strong key="service">{service.name}</strong>]}
                  />
                </Typography>
              )}
              {difference.value && <Difference difference={difference.value} />}
              {!difference.value && !difference.failure && contents.value && <Skeleton width={240} />}
              {difference.failure && (
                <Typography variant="body2" color="textSecondary">
                  {texts.unknown(difference.failure.message)}
                </Typography>
              )}
              <TextField
                label={texts.description}
                value={description}
                onChange={({ target }) => setDescription(target.value)}
                slotProps={{ htmlInput: { maxLength: 500 } }}
                sx={{ mt: 1 }}
              />
              <RadioGroup
                aria-label={texts.when}
                value={activate ? 'now' : 'later'}
                onChange={(_event, value) => setActivate(value === 'now')}
              >
                <FormControlLabel value="now" control={<Radio size="small" />} label={texts.now} />
                <FormControlLabel value="later" control={<Radio size="small" />} label={texts.later} />
              </RadioGroup>
              {upload.failure && <FailureNotice title={texts.notUploaded} failure={upload.failure} />}
            </>
          )}
          {!isEditing && name !== undefined && (
            <DeployProgress
              application={application}
              service={name}
              upload={upload}
              operation={operation}
              before={before}
              onRolledBack={reloadInfo}
            />
          )}
        </DialogContent>
        <DialogActions>
          <Button ref={closeButton} color="secondary" onClick={close}>
            {isEditing ? texts.cancel : upload.state === 'busy' ? texts.cancelUpload : texts.close}
          </Button>
          {isEditing && (
            <Button ref={deployButton} type="submit" variant="contained" disabled={!ready}>
              {activate ? texts.deploy : texts.upload}
            </Button>
          )}
        </DialogActions>
      </Form>
    </Dialog>
  );
}
