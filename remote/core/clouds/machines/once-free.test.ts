import { expect, test } from 'vitest';
import { onceFree } from './once-free.ts';

const never = new AbortController().signal;
const error = (name: string) => Object.assign(new Error(name), { name });
const removal = (remove: () => Promise<unknown>) => ({
  work: remove,
  isGone: (thrown: unknown) => (thrown as Error).name === 'Gone',
  isInUse: (thrown: unknown) => (thrown as Error).name === 'InUse',
  plain: (thrown: unknown) => thrown,
});

test('what is in use is removed when its machine has ended, and what is gone is removed', async () => {
  const answers = [error('InUse'), error('InUse'), undefined];
  let asked = 0;
  const remove = async () => {
    const answer = answers[asked];
    asked += 1;
    if (answer) throw answer;
  };
  await onceFree(removal(remove), never);
  expect(asked).toBe(3);
  await onceFree(
    removal(() => Promise.reject(error('Gone'))),
    never,
  );
});

test('another error is passed on at once, and an aborted wait ends', async () => {
  await expect(
    onceFree(
      removal(() => Promise.reject(error('AuthFailure'))),
      never,
    ),
  ).rejects.toThrow('AuthFailure');
  const busy = removal(() => Promise.reject(error('InUse')));
  await expect(onceFree(busy, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
});
