/** What the fields of the form work on: the values of the text, and changes of it. */
import { findNodeAtLocation, type JSONPath, type Node } from 'jsonc-parser';
import { createContext, use } from 'react';
import type { TextChange } from '../text/edits.ts';
import { insertItem, renameKey, setValue, swapItems } from '../text/edits.ts';
import type { Problem } from '../text/problems.ts';
import { type Path, valueAt } from '../text/schema.ts';

export interface FormContext {
  readonly text: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly root: Node | undefined;
  readonly problems: readonly Problem[];
  /** The text cannot be read now: the last values are shown and nothing can be changed. */
  readonly isReadOnly: boolean;
  /** Names of the services, as they can be needed. */
  readonly services: readonly string[];
  change(changes: readonly TextChange[], options?: { joins?: boolean }): void;
}

const Context = createContext<FormContext | undefined>(undefined);
export const FormProvider = Context.Provider;

export function useForm(): FormContext {
  const form = use(Context);
  if (!form) throw new Error('a field stands outside of the form');
  return form;
}

export interface FieldAccess<T> {
  readonly value: T | undefined;
  readonly isReadOnly: boolean;
  /** What is wrong with this value, in words. */
  readonly problem: string | undefined;
  /** undefined removes it. @param joins it goes on with the change before it: typing in the same field */
  set(value: unknown, joins?: boolean): void;
}

/** The value at a path. @param order keys in the order that a new one is put in */
export function useField<T = unknown>(path: Path, order: readonly string[] = []): FieldAccess<T> {
  const form = useForm();
  const node = form.root && findNodeAtLocation(form.root, path as JSONPath);
  const isScalar = node !== undefined && node.type !== 'object' && node.type !== 'array';
  const problem = isScalar
    ? form.problems.find(({ from }) => from >= node.offset && from < node.offset + node.length)?.message
    : undefined;
  return {
    value: valueAt(form.document, path) as T | undefined,
    isReadOnly: form.isReadOnly,
    problem,
    set: (value, joins = false) => form.change(setValue(form.text, path, value, order), { joins }),
  };
}

export interface ListAccess {
  readonly items: readonly unknown[];
  readonly isReadOnly: boolean;
  add(value: unknown): void;
  remove(index: number): void;
  /** Exchanges this one with the next. */
  swap(index: number): void;
}

export function useList(path: Path): ListAccess {
  const form = useForm();
  const value = valueAt(form.document, path);
  const items = Array.isArray(value) ? value : [];
  return {
    items,
    isReadOnly: form.isReadOnly,
    add: (item) => form.change(insertItem(form.text, path, items.length, item)),
    remove: (index) =>
      form.change(
        // An empty list says less than none; that of Needs says "none of them", and stays.
        items.length === 1 && path.at(-1) !== 'Needs' && path.at(-1) !== 'Services'
          ? setValue(form.text, path, undefined)
          : setValue(form.text, [...path, index], undefined),
      ),
    swap: (index) => form.change(swapItems(form.text, path, index)),
  };
}

export function useRename(): (path: Path, name: string) => void {
  const form = useForm();
  return (path, name) => form.change(renameKey(form.text, path, name), { joins: true });
}
