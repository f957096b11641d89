/** The keychain for the hub: asked of the main process, which alone reaches it. */
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { FindKeychain } from '../../vault/index.ts';
import type { FromHub, KeychainQuestion, ToHub } from '../messages.ts';

type Answer = Extract<ToHub, { kind: 'keychain' }>;

export interface MainKeychain {
  readonly find: FindKeychain;
  receive(answer: Answer): void;
}

/** @param send to the main process */
export function keychainOfMain(send: (message: FromHub) => void): MainKeychain {
  const waiting = new Map<number, (answer: Answer['answer']) => void>();
  let lastId = 0;
  const ask = async (question: KeychainQuestion): Promise<{ backend: string; text: string }> => {
    const id = ++lastId;
    const answer = await new Promise<Answer['answer']>((resolve) => {
      waiting.set(id, resolve);
      send({ kind: 'keychain', id, question });
    });
    if ('failure' in answer) throw ConpaasError.of(answer.failure);
    return answer;
  };
  return {
    find: async () => {
      const { backend } = await ask({ ask: 'backend', text: '' });
      return {
        backend,
        wrap: async (text) => (await ask({ ask: 'wrap', text })).text,
        unwrap: async (text) => (await ask({ ask: 'unwrap', text })).text,
      };
    },
    receive({ id, answer }) {
      waiting.get(id)?.(answer);
      waiting.delete(id);
    },
  };
}
