/** Images as Glance tells of them. API: https://docs.openstack.org/api-ref/image/v2/ */
import { z } from 'zod';

export const Image = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  status: z.string(),
  /** Id of a project. */
  owner: z.string().nullish(),
  created_at: z.string(),
  architecture: z.string().nullish(),
  os_distro: z.string().nullish(),
  os_version: z.string().nullish(),
  os_hidden: z.boolean().nullish(),
  /** GB. */
  min_disk: z.number().nullish(),
  /** MB. */
  min_ram: z.number().nullish(),
});
export type Image = z.infer<typeof Image>;
