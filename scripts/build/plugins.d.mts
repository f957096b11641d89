import type { Plugin } from 'esbuild';

export function englishOnlyPlugin(): Plugin;
export function noMediaTypesPlugin(): Plugin;
export function plainSshPlugin(): Plugin;
export function firstPagePlugin(root: string, first: readonly string[]): Plugin;
export function requiredBuiltinsPlugin(root: string): Plugin;
