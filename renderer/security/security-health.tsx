/** The first line of Security: whether all certificates in use are valid, and what protects the keys of this desktop. */
import Button from '@mui/material/Button';
import { PageHealth } from '../components/page-health.tsx';
import { useAction } from '../components/use-action.ts';
import { useNow } from '../components/use-now.ts';
import { hub } from '../hub/client.ts';
import { verdict } from './certificate-words.ts';
import type { LoadedCertificates } from './certificates-tab.tsx';
import { useSecurityTexts } from './texts.ts';

export function SecurityHealth({ certificates }: { certificates: LoadedCertificates }) {
  const texts = useSecurityTexts();
  const { value, failure, reload } = certificates;
  const now = useNow(60_000);
  const renew = useAction(async () => {
    await hub.director('renew_certificates', {});
    reload();
  });
  if (failure && !value) {
    return (
      <PageHealth
        level="warning"
        text={texts.health.unknown}
        why={failure.message}
        actions={<Button onClick={reload}>{texts.health.again}</Button>}
      />
    );
  }
  if (!value) return <PageHealth level="busy" text={texts.health.reading} />;
  const { level, text } = verdict(value, now);
  if (level === 'success') return <PageHealth level="good" text={text} />;
  return (
    <PageHealth
      level="warning"
      text={text}
      why={renew.failure?.message}
      actions={
        <Button disabled={renew.busy} onClick={() => renew.run()}>
          {texts.certificates.renewAll}
        </Button>
      }
    />
  );
}
