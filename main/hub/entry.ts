/**
 * The hub's bundle: its process, and the worker thread of a search in logs, which is the same file and must not become
 * a second hub (`remote/core/log-search/searcher.ts`).
 */
import { isMainThread } from 'node:worker_threads';
import '../../remote/core/log-search/searcher.ts';

if (isMainThread) await import('./main.ts');
