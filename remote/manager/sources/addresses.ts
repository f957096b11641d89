/**
 * Which addresses a manifest may make the manager connect to. Whoever writes a manifest chooses the URL, the manager
 * stands inside a private network, and clouds hand out credentials on a link-local address.
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** never: refused everywhere. private: refused unless the manager runs on the user's own computer. */
export type AddressKind = 'public' | 'private' | 'never';

function blockList(v4: readonly string[], v6: readonly string[]): BlockList {
  const list = new BlockList();
  for (const [networks, family] of [
    [v4, 'ipv4'],
    [v6, 'ipv6'],
  ] as const) {
    for (const network of networks) {
      const [address = '', bits] = network.split('/');
      list.addSubnet(address, Number(bits), family);
    }
  }
  return list;
}

/** Link-local (cloud metadata services live there, fd00:ec2::254 is Amazon's for IPv6), multicast, reserved. */
const never = blockList(
  ['169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4'],
  ['fe80::/10', 'ff00::/8', 'fd00:ec2::254/128'],
);

/** Loopback, RFC 1918, shared address space (RFC 6598), "this network", benchmarks, unique local, site-local. */
const privately = blockList(
  [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
  ],
  ['::/128', '::1/128', 'fc00::/7', 'fec0::/10'],
);

/** What an address is. An IPv6 address that leads to an IPv4 one counts as the stricter of the two; no address: never. */
export function classifyAddress(address: string): AddressKind {
  const plain = address.replace(/%.*$/, '').replace(/^\[(.*)\]$/, '$1');
  if (isIPv4(plain)) return classify(plain, 'ipv4');
  if (!isIPv6(plain)) return 'never';
  const kinds = [classify(plain, 'ipv6'), ...embeddedIPv4(bytesOf(plain)).map((inner) => classify(inner, 'ipv4'))];
  if (kinds.includes('never')) return 'never';
  return kinds.includes('private') ? 'private' : 'public';
}

function classify(address: string, family: 'ipv4' | 'ipv6'): AddressKind {
  if (never.check(address, family)) return 'never';
  return privately.check(address, family) ? 'private' : 'public';
}

/** The 16 bytes of an IPv6 address, which `isIPv6` has accepted. */
function bytesOf(address: string): Uint8Array {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const hex = (high: string | undefined, low: string | undefined) => (Number(high) * 256 + Number(low)).toString(16);
  const text = dotted ? `${dotted[1]}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}` : address;
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const words = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return Uint8Array.from(words.flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 255]));
}

/** IPv4 addresses that packets to an IPv6 address may end at: mapped, compatible, NAT64, 6to4, Teredo, ISATAP. */
function embeddedIPv4(bytes: Uint8Array): string[] {
  const at = (offset: number, mask = 0) => [...bytes.subarray(offset, offset + 4)].map((byte) => byte ^ mask).join('.');
  const starts = (...prefix: readonly number[]) => prefix.every((byte, index) => bytes[index] === byte);
  const zeros = (count: number) => bytes.subarray(0, count).every((byte) => byte === 0);
  const found: string[] = [];
  if (zeros(10) && bytes[10] === 0xff && bytes[11] === 0xff) found.push(at(12)); // ::ffff:a.b.c.d
  if (zeros(8) && bytes[8] === 0xff && bytes[9] === 0xff && bytes[10] === 0 && bytes[11] === 0) found.push(at(12)); // ::ffff:0:a.b.c.d
  if (zeros(12) && !(bytes[12] === 0 && bytes[13] === 0)) found.push(at(12)); // ::a.b.c.d
  if (starts(0x00, 0x64, 0xff, 0x9b)) found.push(at(12)); // 64:ff9b::/96 and 64:ff9b:1::/48
  if (starts(0x20, 0x02)) found.push(at(2)); // 2002:aabb:ccdd::/48
  if (starts(0x20, 0x01, 0x00, 0x00)) found.push(at(4), at(12, 0xff)); // Teredo: server, client
  if (bytes[10] === 0x5e && bytes[11] === 0xfe && (bytes[8] === 0 || bytes[8] === 2)) found.push(at(12)); // ISATAP
  return found;
}
