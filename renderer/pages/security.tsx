/** Security: certificates, users and access, the vault. */
import { Page } from '../components/page.tsx';
import { type LazyTab, LazyTabs } from '../components/tabs.tsx';
import { hrefOf, type Route } from '../stores/route.ts';

const tabs: readonly LazyTab<object>[] = [
  {
    id: 'certificates',
    title: 'Certificates',
    load: async () => (await import('../security/certificates-tab.tsx')).CertificatesTab,
  },
  { id: 'access', title: 'Users and access', load: async () => (await import('../security/access-tab.tsx')).AccessTab },
  { id: 'vault', title: 'Vault', load: async () => (await import('../security/vault-tab.tsx')).VaultTab },
];

export function SecurityPage({ route }: { route: Extract<Route, { page: 'security' }> }) {
  return (
    <Page title="Security">
      <LazyTabs
        label="Security"
        tabs={tabs}
        current={route.tab}
        hrefOf={(tab) => hrefOf({ page: 'security', tab })}
        given={{}}
      />
    </Page>
  );
}
