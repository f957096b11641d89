/** Clouds: credentials, machines, prices, quotas. */
import { CloudsHealth } from '../clouds/clouds-health.tsx';
import type { LoadedMachines } from '../clouds/machines-tab.tsx';
import { type CloudTexts, useCloudTexts } from '../clouds/texts.ts';
import { Page } from '../components/page.tsx';
import { type LazyTab, LazyTabs } from '../components/tabs.tsx';
import { useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { hrefOf, type Route } from '../stores/route.ts';

/** Machines are read again so often while the page is looked at, ms. */
const everyMs = 10_000;

/** Later features add their tab here (budgets). */
const loads = {
  clouds: async () => (await import('../clouds/clouds-tab.tsx')).CloudsTab,
  machines: async () => (await import('../clouds/machines-tab.tsx')).MachinesTab,
  volumes: async () => (await import('../clouds/volumes-tab.tsx')).VolumesTab,
  prices: async () => (await import('../clouds/prices-tab.tsx')).PricesTab,
  quotas: async () => (await import('../clouds/quotas-tab.tsx')).QuotasTab,
};

const tabsOf = (titles: CloudTexts['tabs']): readonly LazyTab<{ readonly machines: LoadedMachines }>[] =>
  (['clouds', 'machines', 'volumes', 'prices', 'quotas'] as const).map((id) => ({
    id,
    title: titles[id],
    load: loads[id],
  }));

export function CloudsPage({ route }: { route: Extract<Route, { page: 'clouds' }> }) {
  const machines = useLoaded(() => hub.director('list_machines', {}), [], everyMs);
  const texts = useCloudTexts();
  return (
    <Page title={texts.title}>
      <CloudsHealth machines={machines} />
      <LazyTabs
        label={texts.title}
        tabs={tabsOf(texts.tabs)}
        current={route.tab}
        hrefOf={(tab) => hrefOf({ page: 'clouds', tab })}
        given={{ machines }}
      />
    </Page>
  );
}
