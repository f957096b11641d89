/** Security: certificates, users and access, backups of the director, the vault. */
import { Page } from '../components/page.tsx';
import { type LazyTab, LazyTabs } from '../components/tabs.tsx';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import type { LoadedCertificates } from '../security/certificates-tab.tsx';
import { SecurityHealth } from '../security/security-health.tsx';
import { hrefOf, type Route } from '../stores/route.ts';
import { type SecurityPageTexts, useSecurityPageTexts } from './texts/security.ts';

/** Certificates are read again so often while the page is looked at, ms. */
const everyMs = 15_000;

const loads = {
  certificates: async () => (await import('../security/certificates-tab.tsx')).CertificatesTab,
  access: async () => (await import('../security/access-tab.tsx')).AccessTab,
  backups: async () => (await import('../security/backups-tab.tsx')).BackupsTab,
  vault: async () => (await import('../security/vault-tab.tsx')).VaultTab,
};

const tabsOf = (titles: SecurityPageTexts['tabs']): readonly LazyTab<{ readonly certificates: LoadedCertificates }>[] =>
  (['certificates', 'access', 'backups', 'vault'] as const).map((id) => ({ id, title: titles[id], load: loads[id] }));

export function SecurityPage({ route }: { route: Extract<Route, { page: 'security' }> }) {
  const texts = useSecurityPageTexts();
  const certificates = useLoaded(() => hub.director('list_certificates', {}), [], everyMs);
  return (
    <Page title={texts.title}>
      <SecurityHealth certificates={certificates} />
      <LazyTabs
        label={texts.title}
        tabs={tabsOf(texts.tabs)}
        current={route.tab}
        hrefOf={(tab) => hrefOf({ page: 'security', tab })}
        given={{ certificates }}
      />
    </Page>
  );
}
