export function vitestFailures(report: unknown, root: string): string[];
export function vitestRetried(report: unknown): number;
export function playwrightFailures(report: unknown): string[];
