/** The texts of the frame of the Security page. */
import { type Catalogue, useCatalogue } from '../../texts/catalogue.ts';

const english = {
  title: 'Security',
  tabs: { certificates: 'Certificates', access: 'Users and access', backups: 'Backups', vault: 'Vault' },
};

export type SecurityPageTexts = typeof english;

const texts: Catalogue<SecurityPageTexts> = { en: english };

export const useSecurityPageTexts = (): SecurityPageTexts => useCatalogue(texts);
