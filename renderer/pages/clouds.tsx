/** Clouds: credentials, machines, prices, quotas. */
import { CloudsHealth } from '../clouds/clouds-health.tsx';
import type { LoadedMachines } from '../clouds/machines-tab.tsx';
import { Page } from '../components/page.tsx';
import { type LazyTab, LazyTabs } from '../components/tabs.tsx';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { hrefOf, type Route } from '../stores/route.ts';

/** Machines are read again so often while the page is looked at, ms. */
const everyMs = 10_000;

/** Later features add their tab here (budgets). */
const tabs: readonly LazyTab<{ readonly machines: LoadedMachines }>[] = [
  {
    id: 'clouds',
    title: 'Clouds and credentials',
    load: async () => (await import('../clouds/clouds-tab.tsx')).CloudsTab,
  },
  { id: 'machines', title: 'Machines', load: async () => (await import('../clouds/machines-tab.tsx')).MachinesTab },
  { id: 'prices', title: 'Prices', load: async () => (await import('../clouds/prices-tab.tsx')).PricesTab },
  { id: 'quotas', title: 'Quotas', load: async () => (await import('../clouds/quotas-tab.tsx')).QuotasTab },
];

export function CloudsPage({ route }: { route: Extract<Route, { page: 'clouds' }> }) {
  const machines = useLoaded(() => hub.director('list_machines', {}), [], everyMs);
  return (
    <Page title="Clouds">
      <CloudsHealth machines={machines} />
      <LazyTabs
        label="Clouds"
        tabs={tabs}
        current={route.tab}
        hrefOf={(tab) => hrefOf({ page: 'clouds', tab })}
        given={{ machines }}
      />
    </Page>
  );
}
