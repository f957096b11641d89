/** What happens and happened: operations, events, audit. */
import { ActivityHealth } from '../activity/activity-health.tsx';
import { activityTabs } from '../activity/tabs.ts';
import { Page } from '../components/page.tsx';
import { LazyTabs } from '../components/tabs.tsx';
import { hrefOf, type Route } from '../stores/route.ts';

export function ActivityPage({ route }: { route: Extract<Route, { page: 'activity' }> }) {
  return (
    <Page title="Activity">
      <ActivityHealth />
      <LazyTabs
        label="Activity"
        tabs={activityTabs}
        current={route.tab}
        hrefOf={(tab) => hrefOf({ page: 'activity', tab })}
        given={{}}
      />
    </Page>
  );
}
