/** Security: certificates, users and access, the vault. */
import { Page } from '../components/page.tsx';
import { type LazyTab, LazyTabs } from '../components/tabs.tsx';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import type { LoadedCertificates } from '../security/certificates-tab.tsx';
import { SecurityHealth } from '../security/security-health.tsx';
import { hrefOf, type Route } from '../stores/route.ts';

/** Certificates are read again so often while the page is looked at, ms. */
const everyMs = 15_000;

const tabs: readonly LazyTab<{ readonly certificates: LoadedCertificates }>[] = [
  {
    id: 'certificates',
    title: 'Certificates',
    load: async () => (await import('../security/certificates-tab.tsx')).CertificatesTab,
  },
  { id: 'access', title: 'Users and access', load: async () => (await import('../security/access-tab.tsx')).AccessTab },
  { id: 'vault', title: 'Vault', load: async () => (await import('../security/vault-tab.tsx')).VaultTab },
];

export function SecurityPage({ route }: { route: Extract<Route, { page: 'security' }> }) {
  const certificates = useLoaded(() => hub.director('list_certificates', {}), [], everyMs);
  return (
    <Page title="Security">
      <SecurityHealth certificates={certificates} />
      <LazyTabs
        label="Security"
        tabs={tabs}
        current={route.tab}
        hrefOf={(tab) => hrefOf({ page: 'security', tab })}
        given={{ certificates }}
      />
    </Page>
  );
}
