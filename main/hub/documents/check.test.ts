/** What the checker finds stands in the editor at the right place: line and column become a mark on the text. */
import { describe, expect, it } from 'vitest';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { parseManifest } from '../../../remote/core/manifest/index.ts';
import { serviceSpecs } from '../../../remote/services/registry/spec.ts';
import { problemsOfFailure } from '../../../renderer/editor/text/problems.ts';

describe('what the real checker finds', () => {
  const failureOf = (text: string) => {
    try {
      parseManifest(text, serviceSpecs);
    } catch (thrown) {
      if (thrown instanceof ConpaasError) return thrown.failure;
    }
    throw new Error('the checker has found nothing');
  };

  it.each([
    ['{\n  "Aplication": "x"\n}', ['"Aplication"'], 'did you mean "Application"'],
    [
      '{\r\n  "Application": "x",\r\n  "Services": [{"Type": "php", "Needs": ["dbb"]}, {"Type": "mysql", "ServiceName": "db"}]\r\n}',
      ['"dbb"'],
      'did you mean "db"',
    ],
    ['{"Application": "a", "Services": [{"Type": "ph"}]}', ['"ph"'], 'did you mean "php"'],
  ])('stands at the same place: %j', (text, [marked], message) => {
    const problems = problemsOfFailure(text, failureOf(text));
    const hit = problems.find((problem) => problem.message.includes(message));
    expect(hit && text.slice(hit.from, hit.to)).toBe(marked);
  });
});
