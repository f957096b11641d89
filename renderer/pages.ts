/** Every page of the window, loaded when it is first shown. A page that is not listed has no entry in the sidebar. */
import type { ComponentType } from 'react';
import type { Route } from './stores/route.ts';

/** What a page is given: the route that leads to it. */
export type PageComponent<Page extends Route['page']> = ComponentType<{
  readonly route: Extract<Route, { page: Page }>;
}>;

export const pages: { readonly [Page in Route['page']]?: () => Promise<PageComponent<Page>> } = {
  applications: async () => (await import('./pages/applications.tsx')).ApplicationsPage,
  new: async () => (await import('./pages/new-application.tsx')).NewApplicationPage,
  application: async () => (await import('./pages/application.tsx')).ApplicationPage,
  service: async () => (await import('./pages/service.tsx')).ServicePage,
  editor: async () => (await import('./pages/editor.tsx')).EditorPage,
  activity: async () => (await import('./pages/activity.tsx')).ActivityPage,
  clouds: async () => (await import('./pages/clouds.tsx')).CloudsPage,
  security: async () => (await import('./pages/security.tsx')).SecurityPage,
  settings: async () => (await import('./pages/settings.tsx')).SettingsPage,
  help: async () => (await import('./pages/help.tsx')).HelpPage,
  methods: async () => (await import('./pages/methods.tsx')).MethodsPage,
};
