/**
 * The kinds of cloud that this version knows, as data: what a person calls them, what must be entered to use one. The
 * window makes its forms from this. A driver adds its kind here and in `index.ts`.
 *
 * Fields are strings, numbers or booleans. `.meta({title, secret, description})` says how a form shows them: what is
 * `secret` is typed into a field that shows nothing and is never told again.
 */
import type { z } from 'zod';
import { ContainersSettings } from './containers/settings.ts';
import { ec2Fields } from './ec2/fields.ts';
import { Ec2Settings } from './ec2/settings.ts';
import { openNebulaFields } from './opennebula/fields.ts';
import { OpenNebulaSettings } from './opennebula/settings.ts';
import { openStackFields } from './openstack/fields.ts';
import { OpenStackSettings } from './openstack/settings.ts';
import { QemuSettings } from './qemu/settings.ts';

export interface CloudKind {
  /** As `createCloud` wants it. */
  readonly kind: string;
  /** "Amazon EC2". */
  readonly title: string;
  /** One sentence: where machines will be, and who pays. */
  readonly description: string;
  /** Machines are on one computer, and have addresses that are valid there alone. */
  readonly onComputer?: boolean | undefined;
  /** A director that is on one of them can drive further ones: each is a place of its own. */
  readonly several?: boolean | undefined;
  /**
   * Only the desktop that made a deployment can make its machines: they are on its computer. The director asks it, always.
   */
  readonly byDesktop?: boolean | undefined;
  /** Likewise, of a further cloud of a director: its own machine reaches only what it is on. */
  readonly furtherByDesktop?: boolean | undefined;
  /** What can be said of the machines of a new deployment, or of a further cloud; absent: nothing. */
  readonly settings?: z.ZodObject | undefined;
  /** What the user enters; absent: nothing. The driver gets these fields as settings. */
  readonly credentials?: z.ZodObject | undefined;
}

export const cloudKinds: readonly CloudKind[] = [
  {
    kind: 'local',
    title: 'This computer',
    description:
      'Director and applications run as processes of your own on this computer. Nothing to pay, nothing to enter.',
    onComputer: true,
    several: true,
  },
  {
    kind: 'containers',
    title: 'Containers on this computer',
    description:
      'Each machine is a container of Docker or Podman on this computer. Needs an image of machines, which "conpaas image build" makes once.',
    onComputer: true,
    several: true,
    furtherByDesktop: true,
    settings: ContainersSettings.omit({ deployment: true }),
  },
  {
    kind: 'qemu',
    title: 'Virtual machines on this computer',
    description:
      'Each machine is a virtual machine of QEMU on this computer: the strongest rehearsal of a real cloud. Needs a disk for them, which "conpaas image build --cloud qemu" makes once. The director asks this computer for its machines.',
    byDesktop: true,
    onComputer: true,
    settings: QemuSettings.omit({ deployment: true }),
  },
  {
    kind: 'ec2',
    title: 'Amazon EC2',
    description:
      'Machines in a region of Amazon Web Services, or of another cloud with the same API. You pay that cloud by the hour.',
    settings: Ec2Settings,
    credentials: ec2Fields,
  },
  {
    kind: 'openstack',
    title: 'OpenStack',
    description:
      'Machines in a project of OpenStack, at a provider or in your own house. Whoever runs it may bill you.',
    settings: OpenStackSettings,
    credentials: openStackFields,
  },
  {
    kind: 'opennebula',
    title: 'OpenNebula',
    description: 'Machines at an OpenNebula, at a provider or in your own house. Whoever runs it may bill you.',
    settings: OpenNebulaSettings,
    credentials: openNebulaFields,
  },
];

/** undefined: this version has no such kind. */
export function cloudKind(kind: string): CloudKind | undefined {
  return cloudKinds.find((one) => one.kind === kind);
}

/** What a deployment is on where nobody chooses: processes of this computer, which need Linux; elsewhere containers on it. */
export function usualKind(platform: NodeJS.Platform = process.platform): string {
  return platform === 'linux' ? 'local' : 'containers';
}
