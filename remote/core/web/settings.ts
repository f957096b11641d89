/** How a service answers for its names: keys of `Configuration` that every type with domains has. */
import { z } from 'zod';

const flag = z.enum(['On', 'Off']);

/** The directory of Let's Encrypt (RFC 8555 7.1.1). Source: https://letsencrypt.org/docs/acme-protocol-updates/ */
export const letsEncrypt = 'https://acme-v02.api.letsencrypt.org/directory';

/** Keys for the `configuration` of a service type. */
export const httpsKeys = {
  https_certificates: z
    .enum(['own', 'acme'])
    .default('own')
    .describe(
      "Who certifies the domains: own (this deployment's authority; private names only, and visitors must trust it) or acme (Let's Encrypt or another; the names must lead here, on port 80).",
    ),
  https_redirect: flag
    .default('On')
    .describe('Whether requests by HTTP are sent to HTTPS, for domains that have a certificate.'),
  https_hsts_seconds: z
    .number()
    .int()
    .min(0)
    .max(63_072_000)
    .default(0)
    .describe(
      'How long browsers insist on HTTPS for the domains after a visit (Strict-Transport-Security); 0: not at all. It cannot be called back: begin with 300.',
    ),
  acme_directory: z
    .string()
    .max(500)
    .regex(/^https:\/\/[A-Za-z0-9.:[\]-]+(?:\/[^\s\p{Cc}]*)?$/u, 'An address that begins with https:// is expected')
    .refine((address) => URL.canParse(address), 'An address that begins with https:// is expected')
    .default(letsEncrypt)
    .describe("Directory of the ACME authority; the default is Let's Encrypt."),
  acme_terms_agreed: flag
    .default('Off')
    .describe(
      "On: you agree to the terms of the ACME authority (of Let's Encrypt: https://letsencrypt.org/repository).",
    ),
  acme_email: z
    .string()
    .max(254)
    .regex(/^(?:$|[^\s@,;<>?]+@[^\s@,;<>?]+\.[^\s@,;<>?]+$)/, 'An e-mail address is expected')
    .default('')
    .describe('Address that the ACME authority may write to; may stay empty.'),
  acme_root: z
    .string()
    .max(20_000)
    .regex(/^(?:$|-----BEGIN CERTIFICATE-----)/, 'A certificate as PEM is expected')
    .default('')
    .describe('Root certificate (PEM) of an ACME authority of your own, where machines do not know it.'),
};

/** What a service has set of them, or the defaults. */
export const HttpsSettings = z.object(httpsKeys);
export type HttpsSettings = z.infer<typeof HttpsSettings>;
