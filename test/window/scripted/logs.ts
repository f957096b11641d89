/** Logs of the scripted director: lines that a test writes, given in batches as agents give them. */
import type { DirectorMethods } from '../../../remote/core/contract/director.ts';
import type { LogBatch, LogSource } from '../../../remote/core/contract/logs.ts';
import type { ManagerMethods } from '../../../remote/core/contract/manager.ts';
import type { RemovedNode } from '../../../remote/core/contract/removed-logs.ts';
import { Changed } from '../../../remote/core/events/index.ts';
import { createMatcher } from '../../../remote/core/log-search/index.ts';
import type { Script, Scripted } from './script.ts';

interface ScriptedLog {
  readonly service: string;
  /** Numbers from 0; gaps lie before the line of their number. */
  readonly lines: { readonly time: number; readonly text: string; readonly gap?: number }[];
}

export interface ScriptedLogs {
  readonly manager: Scripted<ManagerMethods>;
  readonly director: Scripted<DirectorMethods>;
  /** Adds lines to a log of a node. */
  write(texts: readonly string[], to?: { node?: string; log?: string; time?: number; gap?: number }): void;
  /** A node that is gone, with the lines that are kept of it. */
  removed(node: string, texts: readonly string[]): void;
}

const batchLines = 1_000;

export function scriptLogs(script: Script): ScriptedLogs {
  const logs = new Map<string, ScriptedLog>();
  const gone = new Map<string, { facts: RemovedNode; texts: readonly string[] }>();
  const changed = new Changed();

  function write(
    texts: readonly string[],
    {
      node = 'web-backend-1',
      log = 'error',
      time = Date.now(),
      gap,
    }: { node?: string; log?: string; time?: number; gap?: number } = {},
  ): void {
    const name = `${node}/${log}`;
    const known = logs.get(name) ?? { service: node.split('-')[0] ?? '', lines: [] };
    logs.set(name, known);
    for (const [index, text] of texts.entries()) {
      known.lines.push({ time, text, ...(gap !== undefined && index === 0 ? { gap } : {}) });
    }
    changed.notify();
  }

  /** The next batch of a log; a gap begins one of its own. */
  function batch(source: LogSource, from: number): LogBatch | undefined {
    const found = logs.get(`${source.node}/${source.log}`);
    if (!found) return undefined;
    const end = Math.min(found.lines.length, source.until ?? Number.POSITIVE_INFINITY, from + batchLines);
    const next = found.lines.findIndex((line, index) => index > from && index < end && line.gap !== undefined);
    const lines = found.lines.slice(from, next < 0 ? end : next);
    const [first] = lines;
    if (!first) return undefined;
    const skipped = found.lines.slice(0, from + 1).reduce((sum, { gap = 0 }) => sum + Math.max(0, gap), 0);
    const seq = from + skipped;
    const times = lines.flatMap(({ time }, index) => (lines[index - 1]?.time === time ? [] : [index, time]));
    return {
      node: source.node,
      service: found.service,
      log: source.log,
      seq,
      count: lines.length,
      text: lines.map(({ text }) => text).join('\n'),
      times,
      ...(first.gap === undefined ? {} : { gap: first.gap }),
      behind: 0,
      next: { generation: 1, position: from + lines.length, seq: seq + lines.length },
    };
  }

  const manager: Scripted<ManagerMethods> = {
    async *read_logs(params, { signal }) {
      script.take('read_logs', params, undefined);
      const places = params.sources.map((source) => {
        const there = logs.get(`${source.node}/${source.log}`)?.lines.length ?? 0;
        return source.from?.position ?? (params.tail === undefined ? 0 : Math.max(0, there - params.tail));
      });
      while (!signal.aborted) {
        const seen = changed.generation;
        let quiet = true;
        for (const [index, source] of params.sources.entries()) {
          const next = batch(source, places[index] ?? 0);
          if (!next) continue;
          quiet = false;
          places[index] = next.next.position;
          yield next;
        }
        if (!quiet) continue;
        if (!params.follow) return;
        await changed.next(seen, signal);
      }
    },
    async *search_logs(params) {
      script.take('search_logs', params, undefined);
      const matches = createMatcher(params.query);
      for (const { node, log, until = Number.POSITIVE_INFINITY } of params.sources) {
        const lines = logs.get(`${node}/${log}`)?.lines.slice(0, until) ?? [];
        const seqs = [...lines.keys()].filter((seq) => matches(lines[seq]?.text ?? ''));
        yield { node, log, seqs, times: seqs.map((seq) => lines[seq]?.time ?? 0), searched: lines.length };
      }
    },
    list_nodes: async (params) =>
      script.take(
        'list_nodes',
        params,
        [...script.applications.values()].flatMap(({ services }) => services.flatMap(({ nodes }) => nodes)),
      ),
  };
  const director: Scripted<DirectorMethods> = {
    list_removed_nodes: async (params) =>
      script.take(
        'list_removed_nodes',
        params,
        [...gone.values()].map(({ facts }) => facts),
      ),
    forget_removed_logs: async (params) => {
      gone.delete(params.node);
      return script.take('forget_removed_logs', params, {});
    },
    async *read_removed_logs(params) {
      const found = script.take('read_removed_logs', params, gone.get(params.node));
      if (!found) return;
      const { facts, texts } = found;
      yield {
        node: facts.node,
        service: facts.service,
        log: 'error',
        seq: 0,
        count: texts.length,
        text: texts.join('\n'),
        times: [0, facts.removedAt - 1_000],
        behind: 0,
        next: { generation: 1, position: 0, seq: texts.length },
      };
    },
  };
  return {
    manager,
    director,
    write,
    removed(node, texts) {
      const removedAt = Date.now() - 3_600_000;
      const facts = { node, service: 'web', logs: ['error'], removedAt, until: removedAt + 7 * 86_400_000 };
      gone.set(node, { facts, texts });
    },
  };
}
