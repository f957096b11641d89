import { expect, test } from 'vitest';
import { reachOf } from './reach-choice.tsx';

test.each([
  { way: undefined, address: '', told: undefined },
  { way: undefined, address: '10.0.0.7', told: undefined },
  { way: 'network', address: '', told: { connected: true } },
  // What was typed before the other way was chosen is not sent.
  { way: 'network', address: '10.0.0.7', told: { connected: true } },
  { way: 'address', address: '', told: undefined },
  { way: 'address', address: ' ', told: undefined },
  { way: 'address', address: ' director.example.org ', told: { connected: false, director: 'director.example.org' } },
  { way: 'address', address: '203.0.113.7', told: { connected: false, director: '203.0.113.7' } },
  { way: 'address', address: '2001:db8::7', told: { connected: false, director: '2001:db8::7' } },
  { way: 'address', address: 'https://director.example.org', told: undefined },
  { way: 'address', address: 'director.example.org:443', told: undefined },
  { way: 'address', address: '-director', told: undefined },
  { way: 'address', address: `${'a.'.repeat(140)}org`, told: undefined },
] as const)('$way "$address" is told as $told', ({ way, address, told }) => {
  expect(reachOf({ way, address })).toEqual(told);
});
