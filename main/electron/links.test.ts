import { expect, test } from 'vitest';
import { parseLink } from './links.ts';

test.each([
  ['conpaas://open/home', { director: 'home' }],
  ['conpaas://open/home/app/guestbook', { director: 'home', application: 'guestbook' }],
  [
    'conpaas://open/my%20cloud/app/My%20shop/service/web',
    { director: 'my cloud', application: 'My shop', service: 'web' },
  ],
])('%s leads somewhere', (text, link) => {
  expect(parseLink(text)).toEqual(link);
});

test.each([
  'conpaas://open/',
  'conpaas://open',
  'conpaas://delete/home/app/guestbook',
  'conpaas://open/home/app',
  'conpaas://open/home/app/',
  'conpaas://open/home/application/guestbook',
  'conpaas://open/home/app/guestbook/service',
  'conpaas://open/home/app/guestbook/service/web/more',
  'conpaas://open/home/app/guestbook?do=delete',
  'conpaas://open/home/app/guestbook#do',
  'conpaas://user@open/home',
  'conpaas://open/home/app/..%2f..%2fetc',
  'conpaas://open/home/app/%00',
  'conpaas://open/home/app/%ff',
  'https://open/home/app/guestbook',
  'file:///etc/passwd',
  'nothing',
  `conpaas://open/${'x'.repeat(101)}`,
  `conpaas://open/home/app/${'%41'.repeat(400)}`,
])('%s is no link', (text) => {
  expect(parseLink(text)).toBeUndefined();
});
