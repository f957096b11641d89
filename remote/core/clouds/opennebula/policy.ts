/**
 * The least that ConPaaS needs of an OpenNebula: rules of its access control list. What a user has made is its own, and
 * needs none. Which call needs which right:
 * https://docs.opennebula.io/6.10/integration_and_development/system_interfaces/api.html#authorization-requests-reference
 */
const rules = [
  // What OpenNebula does not tell: who makes a machine of a template with attributes of its own must be allowed templates.
  'TEMPLATE+IMAGE+SECGROUP/* CREATE',
  // What machines are made of, and where volumes go.
  'TEMPLATE+IMAGE+NET+DATASTORE/* USE',
  // The scheduler places machines only where their owner has this.
  'HOST/* MANAGE',
];

/** @returns as `oneacl create` takes them, one at a time, with the user's id in place of `USER` */
export const policy = (): readonly string[] => rules.map((rule) => `#USER ${rule}`);
