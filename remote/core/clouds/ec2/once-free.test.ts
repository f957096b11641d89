import { expect, test } from 'vitest';
import { onceFree } from './once-free.ts';

const never = new AbortController().signal;
const error = (name: string) => Object.assign(new Error(name), { name });

test('what is in use is removed when its machine has ended, and what is gone is removed', async () => {
  const answers = [error('DependencyViolation'), error('VolumeInUse'), undefined];
  let asked = 0;
  const remove = async () => {
    const answer = answers[asked];
    asked += 1;
    if (answer) throw answer;
  };
  await onceFree(remove, never, 'ec2:DeleteVolume');
  expect(asked).toBe(3);
  await onceFree(() => Promise.reject(error('InvalidVolume.NotFound')), never, 'ec2:DeleteVolume');
});

test('another error is passed on at once, and an aborted wait ends', async () => {
  await expect(onceFree(() => Promise.reject(error('AuthFailure')), never, 'x')).rejects.toThrow('AuthFailure');
  const busy = () => Promise.reject(error('VolumeInUse'));
  await expect(onceFree(busy, AbortSignal.abort(), 'x')).rejects.toMatchObject({ name: 'AbortError' });
});
