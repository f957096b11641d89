/**
 * What was typed into the forms of services and not applied yet. It stays while other tabs and pages are shown, in the
 * memory of this window alone. Secrets never come here.
 */
import { create } from 'zustand';

/** By form. Absent: nothing was typed into it. */
export interface ServiceDrafts {
  /** What was typed, by key; '' = back to the default. */
  readonly configuration?: Readonly<Record<string, string>>;
  readonly environment?: EnvironmentDraft;
  readonly healthCheck?: { readonly path: string; readonly seconds: string };
  readonly script?: ScriptDraft;
  /** Texts of the parameters, by method; without those that are secret. */
  readonly methods?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Changes alone: what others set meanwhile stays. */
export interface EnvironmentDraft {
  /** `null`: taken away. */
  readonly changes: Readonly<Record<string, string | null>>;
  /** The variable that is being added. */
  readonly name: string;
  readonly value: string;
}

export interface ScriptDraft {
  readonly text: string;
  /** The script as it was when somebody began to change it. */
  readonly base: string;
}

export type ServiceForm = keyof ServiceDrafts;

interface ServiceDraftsStore {
  readonly byService: Readonly<Record<string, ServiceDrafts>>;
}

export const useServiceDrafts = create<ServiceDraftsStore>(() => ({ byService: {} }));

const none: ServiceDrafts = {};
const keyOf = (application: string, service: string): string => `${application}/${service}`;

/** All that is typed and not applied of a service. */
export function useDraftsOf(application: string, service: string): ServiceDrafts {
  return useServiceDrafts(({ byService }) => byService[keyOf(application, service)] ?? none);
}

/** The draft of one form, and how to put another in its place; `undefined` discards it. */
export function useServiceDraft<Form extends ServiceForm>(
  application: string,
  service: string,
  form: Form,
): readonly [ServiceDrafts[Form] | undefined, (draft: ServiceDrafts[Form] | undefined) => void] {
  const draft = useServiceDrafts(({ byService }) => byService[keyOf(application, service)]?.[form]);
  return [draft, (next) => putDraft(application, service, form, next)];
}

export function putDraft<Form extends ServiceForm>(
  application: string,
  service: string,
  form: Form,
  draft: ServiceDrafts[Form] | undefined,
): void {
  const key = keyOf(application, service);
  useServiceDrafts.setState(({ byService }) => {
    const { [form]: _before, ...others } = byService[key] ?? none;
    const drafts: ServiceDrafts = draft === undefined ? others : { ...others, [form]: draft };
    const { [key]: _all, ...services } = byService;
    return { byService: Object.keys(drafts).length === 0 ? services : { ...services, [key]: drafts } };
  });
}

/** What was typed into the form of one method; nothing typed is no draft. */
export function putMethodDraft(
  application: string,
  service: string,
  method: string,
  texts: Readonly<Record<string, string>>,
): void {
  const before = useServiceDrafts.getState().byService[keyOf(application, service)]?.methods ?? {};
  const { [method]: _before, ...others } = before;
  const typed = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
  const methods = Object.keys(typed).length === 0 ? others : { ...others, [method]: typed };
  putDraft(application, service, 'methods', Object.keys(methods).length === 0 ? undefined : methods);
}
