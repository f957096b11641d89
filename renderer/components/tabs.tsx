/** Tabs of a page. Each is loaded when it is first shown; which one is shown stands in the address. */
import Edit from '@mui/icons-material/EditOutlined';
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import type { ComponentType } from 'react';
import { Contained } from './contained.tsx';
import { HiddenText } from './hidden-text.tsx';
import { type Later, later } from './later.tsx';
import { useComponentTexts } from './texts/common.ts';

/** An entry of a registry of tabs. */
export interface LazyTab<Props> {
  /** As it stands in the address. */
  readonly id: string;
  readonly title: string;
  /** The component, e.g. `async () => (await import('../history/history-tab.tsx')).HistoryTab`. */
  readonly load: () => Promise<ComponentType<Props>>;
  /** Whether it is there for these; always where absent. */
  readonly shown?: (props: Props) => boolean;
}

export interface LazyTabsProps<Props> {
  /** What they are tabs of, for screen readers. */
  readonly label: string;
  readonly tabs: readonly LazyTab<Props>[];
  /** The one in the address; the first where it is none. */
  readonly current: string | undefined;
  readonly hrefOf: (tab: string) => string;
  readonly given: Props;
  /** Tabs in which something was typed that is not applied yet. */
  readonly unsaved?: readonly string[];
}

export function LazyTabs<Props extends object>({ label, tabs, current, hrefOf, given, unsaved }: LazyTabsProps<Props>) {
  const shown = tabs.filter((tab) => tab.shown?.(given) ?? true);
  const chosen = shown.find(({ id }) => id === current) ?? shown[0];
  if (!chosen) return null;
  return (
    <>
      <Tabs
        value={chosen.id}
        aria-label={label}
        variant="scrollable"
        sx={{ borderBottom: 1, borderColor: 'divider', mb: 2.5 }}
      >
        {shown.map(({ id, title }) => (
          <Tab
            key={id}
            value={id}
            id={`tab-${id}`}
            aria-controls={`panel-${id}`}
            label={unsaved?.includes(id) ? <UnsavedTitle title={title} /> : title}
            component="a"
            href={hrefOf(id)}
          />
        ))}
      </Tabs>
      <Box role="tabpanel" id={`panel-${chosen.id}`} aria-labelledby={`tab-${chosen.id}`}>
        <Contained key={chosen.id} what={chosen.title}>
          <Loaded tab={chosen} given={given} />
        </Contained>
      </Box>
    </>
  );
}

function UnsavedTitle({ title }: { title: string }) {
  const texts = useComponentTexts();
  return (
    <Box component="span" title={texts.unsavedTab} sx={{ display: 'flex', alignItems: 'center', gap: 0.75 }}>
      {title}
      <Edit aria-hidden sx={{ fontSize: 14, color: 'warning.main' }} />
      <HiddenText>{texts.unsaved}</HiddenText>
    </Box>
  );
}

function Loaded<Props extends object>({ tab, given }: { tab: LazyTab<Props>; given: Props }) {
  const Content = contentOf(tab);
  return <Content {...given} />;
}

/** One component a tab, for the life of the window, by what loads it: titles may change with the language. */
const contents = new WeakMap<object, unknown>();

function contentOf<Props extends object>(tab: LazyTab<Props>): Later<Props> {
  const known = contents.get(tab.load) as Later<Props> | undefined;
  if (known) return known;
  const made = later(tab.load, TabSkeleton);
  contents.set(tab.load, made);
  return made;
}

function TabSkeleton() {
  return <Skeleton variant="rounded" height={220} />;
}
