/** The texts of the form beside a manifest. */
import { type Catalogue, textsOf, useCatalogue } from '../../texts/catalogue.ts';

/** Keys of the manifest whose names are no words; others are called as they are written. */
const labels: Readonly<Record<string, string>> = {
  ServiceName: 'Name',
  Start: 'Started',
  StartupScript: 'Startup script',
  StartupInstances: 'Nodes',
  HealthCheck: 'Health check',
};

const english = {
  label: 'Form of the manifest',
  unreadable: 'The text cannot be read now, so this form shows what it held last and cannot be changed. Mend the text.',
  services: 'Services',
  service: 'service',
  addService: (type: string) => `Add ${type}`,
  moveUp: (name: string) => `Move ${name} up`,
  moveDown: (name: string) => `Move ${name} down`,
  remove: (name: string) => `Remove ${name}`,
  type: 'Type',
  labels,
  other: (field: string) => `${field}: edit it in the text.`,
  defaults: 'defaults',
  item: {
    label: (field: string, number: number) => `${field} ${number}`,
    moveUp: (item: string) => `Move up: ${item}`,
    moveDown: (item: string) => `Move down: ${item}`,
    remove: (item: string) => `Remove: ${item}`,
    addTo: (field: string) => `Add to ${field}`,
    name: (name: string) => `Name of ${name}`,
    value: (name: string) => `Value of ${name}`,
  },
  source: {
    kept: 'kept by the director',
    add: (field: string) => `Add ${field.toLowerCase()}`,
    addLayer: 'Add a layer',
  },
  needs: {
    all: 'Not written: code gets all databases of the manifest.',
    none: 'There is no other service.',
    unknown: (service: string) => `${service} (not in this manifest)`,
  },
  number: {
    range: (least: number, most: number, description: string) => `${least} to ${most}. ${description}`,
    wrong: 'A number is expected',
  },
  choice: { none: 'Not set', byDefault: (value: string) => `Default (${value})` },
  password: {
    generated: 'Generated',
    secret: 'A secret of the application',
    text: 'Written in the manifest',
    secretName: 'Name of the secret',
    password: 'Password',
    textHint: 'Whoever reads the manifest reads it.',
  },
};

export type ManifestFormTexts = typeof english;

const texts: Catalogue<ManifestFormTexts> = { en: english };

export const useManifestFormTexts = (): ManifestFormTexts => useCatalogue(texts);
export const manifestFormTexts = (): ManifestFormTexts => textsOf(texts);
