/** Volumes that carry the data of nodes, so that it outlives their machines. The director keeps them, managers ask for them. */
import { z } from 'zod';
import { ApplicationId, NodeId, OperationId, VmId, VolumeName } from './ids.ts';
import { done, method, nothing } from './method.ts';

export const VolumeInfo = z.object({
  name: VolumeName,
  application: ApplicationId,
  /** Whose data is on it. */
  node: NodeId,
  cloud: z.string(),
  sizeGb: z.number(),
  /** `lost`: the cloud has it no longer. */
  state: z.enum(['creating', 'available', 'attached', 'destroying', 'lost']),
  cause: z.string().optional(),
  attachedTo: VmId.optional(),
  createdAt: z.number(),
  /** US dollars; left out while it is not known. */
  pricePerHour: z.number().optional(),
});
export type VolumeInfo = z.infer<typeof VolumeInfo>;

export const userVolumeMethods = {
  list_volumes: method({
    kind: 'query',
    params: z.strictObject({ application: z.string().optional() }),
    result: z.array(VolumeInfo),
    callers: ['user'],
    since: 1,
    doc: 'Volumes with the data of nodes, of one application or of all.',
  }),
};

export const managerVolumeMethods = {
  get_volume_clouds: method({
    kind: 'query',
    params: nothing,
    result: z.object({
      /** Names of clouds. */
      clouds: z.array(z.string()),
      /** Where the application is, if a service says nothing else. */
      own: z.string(),
    }),
    callers: ['manager'],
    since: 1,
    doc: 'Clouds that have volumes.',
  }),
  attach_volumes: method({
    kind: 'command',
    params: z.strictObject({
      operation: OperationId,
      vm: VmId,
      volumes: z
        .array(z.strictObject({ name: VolumeName, node: NodeId, sizeGb: z.number().int().min(1) }))
        .min(1)
        .max(64),
    }),
    result: z.array(VolumeInfo),
    callers: ['manager'],
    since: 1,
    doc: 'Has a machine of the own application have these volumes: they are made where there are none, and are on no other machine then.',
  }),
  destroy_volumes: method({
    kind: 'command',
    params: z.strictObject({ names: z.array(VolumeName).min(1) }),
    result: done,
    callers: ['manager'],
    since: 1,
    doc: 'Destroys volumes of the own application with all that is on them.',
  }),
  watch_volumes: method({
    kind: 'stream',
    params: nothing,
    result: z.array(VolumeInfo),
    callers: ['manager'],
    since: 1,
    doc: 'All volumes of the application, in full, at once and after each change.',
  }),
};
