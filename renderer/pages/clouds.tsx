/** Clouds: credentials, machines, prices, quotas. */

import { Page } from '../components/page.tsx';
import { type LazyTab, LazyTabs } from '../components/tabs.tsx';
import { hrefOf, type Route } from '../stores/route.ts';

/** Later features add their tab here (budgets). */
const tabs: readonly LazyTab<object>[] = [
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
  return (
    <Page title="Clouds">
      <LazyTabs
        label="Clouds"
        tabs={tabs}
        current={route.tab}
        hrefOf={(tab) => hrefOf({ page: 'clouds', tab })}
        given={{}}
      />
    </Page>
  );
}
