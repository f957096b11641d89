export interface ReleaseNames {
  readonly version: string;
  readonly build: string;
  readonly contract?: number | undefined;
}
export function buildRelease(directory: string, names: ReleaseNames): Promise<void>;
export function writeRelease(directory: string, names: ReleaseNames & { readonly contract: number }): string;
export function contractVersionOf(root: string): number;
