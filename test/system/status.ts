import { z } from 'zod';
import { ApplicationSummary } from '../../remote/core/contract/index.ts';

/** One deployment in `conpaas --json status`. */
export const Status = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  applications: z.array(ApplicationSummary),
});
