/** What happens and happened: operations, events, audit. */
import { ActivityHealth } from '../activity/activity-health.tsx';
import { activityTabs } from '../activity/tabs.ts';
import { useActivityTexts } from '../activity/texts.ts';
import { Page } from '../components/page.tsx';
import { LazyTabs } from '../components/tabs.tsx';
import { hrefOf, type Route } from '../stores/route.ts';

export function ActivityPage({ route }: { route: Extract<Route, { page: 'activity' }> }) {
  const texts = useActivityTexts();
  return (
    <Page title={texts.title}>
      <ActivityHealth />
      <LazyTabs
        label={texts.title}
        tabs={activityTabs(texts.tabs)}
        current={route.tab}
        hrefOf={(tab) => hrefOf({ page: 'activity', tab })}
        given={{}}
      />
    </Page>
  );
}
