/** For tests: a fake of OpenNebula's daemon, with what it keeps. Its machines are records. */
import { codes } from '../errors.ts';
import { policy } from '../policy.ts';
import { type Arguments, createFakeImages, type Image } from './images.ts';
import { Refused, readTemplate, toXml, type Vectors } from './rpc.ts';

interface Machine {
  readonly id: number;
  readonly name: string;
  readonly template: Vectors;
  readonly own: Vectors;
  readonly startedAt: number;
  state: number;
  lcm: number;
  /** What it is on its way to. */
  next: { readonly state: number; readonly lcm: number; readonly at: number } | undefined;
}

type Method = (values: Arguments) => string | number;

export interface FakeOned {
  readonly methods: Readonly<Record<string, Method>>;
  readonly machines: Map<number, Machine>;
  readonly images: Map<number, Image>;
  readonly groups: Map<number, Vectors>;
  readonly templates: Map<number, { readonly name: string; readonly attributes: Vectors }>;
  /** States by network: 1 is ready, 5 an error. */
  readonly networks: Map<number, { readonly name: string; state: number }>;
  version: string;
  /** Machines that the user may have; -2: any number. */
  limit: number;
  /** What the user may do beside what it may do with its own things, as `CREATE IMAGE`: what the policy says. */
  rights: Set<string>;
  /** What machines end up in: RUNNING, or a failure. */
  boots: { readonly state: number; readonly lcm: number; readonly error?: string };
}

/** Attributes of a machine's template that are OpenNebula's own; all others are the user's. */
const known = new Set(['CPU', 'VCPU', 'MEMORY', 'DISK', 'NIC', 'CONTEXT', 'OS', 'GRAPHICS']);
/** How long a machine takes to come up, and to go, milliseconds. */
const workMs = 20;

const seconds = (): number => Math.floor(Date.now() / 1000);
const text = (value: string | number | boolean | undefined): string => String(value ?? '');

const datastores = [
  '<DATASTORE><ID>0</ID><NAME>system</NAME><TYPE>1</TYPE><FREE_MB>90000</FREE_MB></DATASTORE>',
  '<DATASTORE><ID>1</ID><NAME>default</NAME><TYPE>0</TYPE><FREE_MB>80000</FREE_MB></DATASTORE>',
];

/** Of rules as `#USER TEMPLATE+IMAGE/* USE+CREATE`: `USE TEMPLATE`, … */
export function rightsOf(rules: readonly string[]): Set<string> {
  return new Set(
    rules.flatMap((rule) => {
      const [, resources = '', rights = ''] = /^#USER ([A-Z+]+)\/\* ([A-Z+]+)$/.exec(rule) ?? [];
      return resources.split('+').flatMap((resource) => rights.split('+').map((right) => `${right} ${resource}`));
    }),
  );
}

export function createFakeOned(): FakeOned {
  const machines = new Map<number, Machine>();
  const store = createFakeImages((...wanted) => may(...wanted));
  const { images } = store;
  const groups = new Map<number, Vectors>();
  const next = { machine: 0, group: 100 };

  function settle(): void {
    for (const machine of machines.values()) {
      if (!machine.next || performance.now() < machine.next.at) continue;
      Object.assign(machine, { state: machine.next.state, lcm: machine.next.lcm, next: undefined });
      if (machine.state !== 6) continue;
      machines.delete(machine.id);
      for (const image of images.values()) if (image.machine === machine.id) image.machine = undefined;
    }
  }

  const begin = (machine: Machine, state: number, lcm: number): void => {
    machine.next = { state, lcm, at: performance.now() + workMs };
  };

  function find<Thing>(things: ReadonlyMap<number, Thing>, id: unknown, what: string): Thing {
    const found = things.get(Number(id));
    if (found) return found;
    throw new Refused(codes.noExists, `[one.${what}.info] Error getting ${what} [${text(id as number)}].`);
  }

  function may(method: string, ...wanted: readonly string[]): void {
    const lacking = wanted.find((what) => !fake.rights.has(what));
    if (lacking === undefined) return;
    throw new Refused(codes.authorization, `[${method}] User [3] : Not authorized to perform ${lacking}.`);
  }

  /** Pools tell what the user may use. */
  const usable = <Item>(what: string, items: readonly Item[]): readonly Item[] =>
    fake.rights.has(`USE ${what}`) ? items : [];

  /** Documents of a pool; by a negative end it is told in pages. */
  function pool(name: string, items: readonly string[], [, start, end]: Arguments): string {
    const shown = Number(end) < -1 ? items.slice(Number(start), Number(start) - Number(end)) : items;
    return `<${name}>${shown.join('')}</${name}>`;
  }

  function instantiate([templateId, name, , extra]: Arguments): number {
    // CREATE TEMPLATE as soon as there are attributes beside the template's own; CREATE VM is of one.vm.allocate only.
    may('one.template.instantiate', 'USE TEMPLATE', 'CREATE TEMPLATE', 'USE IMAGE', 'USE NET');
    const given = readTemplate(text(extra));
    const all = { ...find(fake.templates, templateId, 'template').attributes, ...given };
    if (fake.limit >= 0 && machines.size >= fake.limit) {
      const message = `[one.template.instantiate] user [3] limit of ${fake.limit} reached for VMS quota in VM.`;
      throw new Refused(codes.authorization, message);
    }
    const id = next.machine++;
    const nics = (Array.isArray(all['NIC']) ? all['NIC'] : []).map((nic) => {
      const network = fake.networks.get(Number(nic['NETWORK_ID']));
      if (network?.state !== 1) {
        const message = `[one.template.instantiate] Error allocating a new virtual machine. Cannot get IP/MAC lease from virtual network ${nic['NETWORK_ID']}.`;
        throw new Refused(codes.internal, message);
      }
      return { ...nic, NIC_ID: '0', IP: `10.99.2.${id + 2}`, NETWORK: network.name };
    });
    const disks = (Array.isArray(all['DISK']) ? all['DISK'] : []).map((disk, at) => ({ ...disk, ...place(at) }));
    const split = (own: boolean): Vectors =>
      Object.fromEntries(Object.entries(all).filter(([key]) => known.has(key) !== own));
    const template = { ...split(false), NIC: nics, DISK: disks };
    const machine: Machine = {
      id,
      name: text(name),
      template,
      own: split(true),
      startedAt: seconds(),
      state: 1,
      lcm: 0,
      next: undefined,
    };
    machines.set(id, machine);
    const hasPlace = ['MANAGE HOST', 'USE DATASTORE'].every((what) => fake.rights.has(what));
    if (hasPlace) begin(machine, fake.boots.state, fake.boots.lcm);
    if (fake.boots.error !== undefined) machine.own['ERROR'] = fake.boots.error;
    return id;
  }

  const place = (at: number): Record<string, string> => ({ DISK_ID: String(at), TARGET: `vd${'abcdefgh'[at]}` });
  const disksOf = (machine: Machine): Record<string, string>[] => machine.template['DISK'] as Record<string, string>[];

  const actions: Readonly<
    Record<string, { readonly from: (machine: Machine) => boolean; readonly to: [number, number] }>
  > = {
    poweroff: { from: ({ state, lcm }) => state === 3 && lcm === 3, to: [8, 0] },
    resume: { from: ({ state }) => state === 8, to: [3, 3] },
    reboot: { from: ({ state, lcm }) => state === 3 && lcm === 3, to: [3, 3] },
    'terminate-hard': { from: ({ state }) => state !== 6, to: [6, 0] },
  };

  function act([action, id]: Arguments): number {
    const machine = find(machines, id, 'virtual machine');
    const wanted = actions[text(action)];
    if (!wanted?.from(machine)) {
      const message = `[one.vm.action] Error performing action "${text(action)}": This action is not available for state ${machine.state}`;
      throw new Refused(codes.action, message);
    }
    if (action === 'terminate-hard') Object.assign(machine, { state: 3, lcm: 12 });
    if (action === 'poweroff') machine.lcm = 18;
    begin(machine, ...wanted.to);
    return machine.id;
  }

  function attach([id, template]: Arguments): number {
    const machine = find(machines, id, 'virtual machine');
    const [disk] = readTemplate(text(template))['DISK'] as Record<string, string>[];
    const image = find(images, disk?.['IMAGE_ID'], 'image');
    if (machine.state !== 3 || machine.lcm !== 3) {
      const message = `[one.vm.attach] Could not attach a new disk to VM ${machine.id}, wrong state.`;
      throw new Refused(codes.action, message);
    }
    if (image.machine !== undefined) {
      throw new Refused(
        codes.internal,
        `[one.vm.attach] Error getting image: Cannot acquire image ${image.id}, it is persistent and already in use`,
      );
    }
    image.machine = machine.id;
    disksOf(machine).push({ ...disk, ...place(disksOf(machine).length), ATTACH: 'YES' });
    machine.lcm = 17;
    begin(machine, 3, 3);
    return machine.id;
  }

  function detach([id, disk]: Arguments): number {
    const machine = find(machines, id, 'virtual machine');
    if (machine.lcm !== 3) {
      const message = `[one.vm.detach] Could not detach disk from VM ${machine.id}, wrong state.`;
      throw new Refused(codes.action, message);
    }
    const at = disksOf(machine).findIndex(({ DISK_ID }) => DISK_ID === text(disk));
    const [removed] = disksOf(machine).splice(at, 1);
    const image = images.get(Number(removed?.['IMAGE_ID']));
    if (image) image.machine = undefined;
    return machine.id;
  }

  function saveAs([id, disk, name]: Arguments): number {
    const machine = find(machines, id, 'virtual machine');
    if (machine.state !== 8 || machine.lcm !== 0 || machine.next) {
      const message = `[one.vm.disksaveas] Could not save disk of VM ${machine.id}, wrong state.`;
      throw new Refused(codes.action, message);
    }
    begin(machine, 8, 0);
    Object.assign(machine, { state: 3, lcm: 27 }); // HOTPLUG_SAVEAS_POWEROFF
    return store.save(text(name), disksOf(machine)[Number(disk)]?.['SIZE'] ?? '4096');
  }

  function deleteGroup([id]: Arguments): number {
    find(groups, id, 'security group');
    const used = [...machines.values()].some(({ template }) =>
      (template['NIC'] as Record<string, string>[]).some((nic) => nic['SECURITY_GROUPS'] === text(id)),
    );
    if (used) {
      const message = 'Cannot delete security group. The security group has VMs using it';
      throw new Refused(codes.action, `[one.secgroup.delete] ${message}`);
    }
    groups.delete(Number(id));
    return Number(id);
  }

  const element = (name: string, inner: string): string => `<${name}>${inner}</${name}>`;
  const common = (id: number, name: string): string =>
    `${element('ID', String(id))}<UID>3</UID><GID>1</GID><UNAME>conpaas</UNAME>${element('NAME', name)}`;
  const machineXml = ({ id, name, state, lcm, startedAt, template, own }: Machine): string =>
    element(
      'VM',
      `${common(id, name)}<STATE>${state}</STATE><LCM_STATE>${lcm}</LCM_STATE><STIME>${startedAt}</STIME><ETIME>0</ETIME>` +
        `<MONITORING/>${element('TEMPLATE', toXml(template))}${element('USER_TEMPLATE', toXml(own))}<HISTORY_RECORDS/>`,
    );
  const groupXml = ([id, attributes]: [number, Vectors]): string => {
    const { NAME: name, ...more } = attributes;
    return element('SECURITY_GROUP', `${common(id, text(name as string))}${element('TEMPLATE', toXml(more))}`);
  };
  const machinePool: Method = (values) => pool('VM_POOL', [...machines.values()].map(machineXml), values);

  const methods: Readonly<Record<string, Method>> = {
    'one.system.version': () => fake.version,
    'one.user.info': () =>
      `<USER><ID>3</ID><NAME>conpaas</NAME><VM_QUOTA><VM><VMS>${fake.limit}</VMS><VMS_USED>${machines.size}</VMS_USED><CPU>-1</CPU><CPU_USED>1</CPU_USED></VM></VM_QUOTA></USER>`,
    'one.templatepool.info': (values) =>
      pool(
        'VMTEMPLATE_POOL',
        usable('TEMPLATE', [...fake.templates]).map(([id, { name, attributes }]) =>
          element('VMTEMPLATE', `${common(id, name)}${element('TEMPLATE', toXml(attributes))}`),
        ),
        values,
      ),
    'one.template.instantiate': instantiate,
    'one.vmpool.info': machinePool,
    'one.vmpool.infoextended': machinePool,
    'one.vm.info': ([id]) => machineXml(find(machines, id, 'virtual machine')),
    'one.vm.action': act,
    'one.vm.attach': attach,
    'one.vm.detach': detach,
    'one.vnpool.info': (values) =>
      pool(
        'VNET_POOL',
        usable('NET', [...fake.networks]).map(([id, { name, state }]) =>
          element('VNET', `${common(id, name)}<STATE>${state}</STATE>`),
        ),
        values,
      ),
    'one.datastorepool.info': () => element('DATASTORE_POOL', usable('DATASTORE', datastores).join('')),
    'one.vm.disksaveas': saveAs,
    'one.imagepool.info': (values) => pool('IMAGE_POOL', [...images.values()].map(store.toXml), values),
    'one.image.allocate': store.allocate,
    'one.image.delete': store.remove,
    'one.secgrouppool.info': (values) => pool('SECURITY_GROUP_POOL', [...groups].map(groupXml), values),
    'one.secgroup.allocate': ([template]) => {
      may('one.secgroup.allocate', 'CREATE SECGROUP');
      const id = next.group++;
      groups.set(id, readTemplate(text(template)));
      return id;
    },
    'one.secgroup.delete': deleteGroup,
  };

  const fake: FakeOned = {
    methods: Object.fromEntries(
      Object.entries(methods).map(([name, method]) => [
        name,
        (values: Arguments) => {
          settle();
          return method(values);
        },
      ]),
    ),
    machines,
    images,
    groups,
    templates: new Map(),
    networks: new Map([
      [1, { name: 'private', state: 1 }],
      [2, { name: 'public', state: 1 }],
    ]),
    version: '6.6.0',
    limit: -2,
    rights: rightsOf(policy()),
    boots: { state: 3, lcm: 3 },
  };
  const debian = (release: string): Vectors => ({
    CPU: '1',
    MEMORY: '768',
    DISK: [{ IMAGE: `Debian ${release}`, IMAGE_UNAME: 'oneadmin' }],
    NIC: [{ NETWORK_ID: '1', MODEL: 'virtio' }],
    CONTEXT: [{ NETWORK: 'YES', SSH_PUBLIC_KEY: '$USER[SSH_PUBLIC_KEY]' }],
    INFO: 'A "quoted" & <odd> text',
  });
  for (const [id, name] of ['Alpine', 'Debian 11', 'Debian 12', 'Ubuntu 22.04', 'ubuntu-24.04'].entries()) {
    fake.templates.set(id, { name, attributes: debian(name) });
  }
  return fake;
}
