/** How to make browsers and programs of a computer trust the deployment's authority for websites, and how to undo it. */

export interface TrustSteps {
  readonly system: string;
  /** For a person. */
  readonly text: string;
  /** To be typed there; absent: it is done by hand. */
  readonly command?: string;
  readonly undo?: string;
}

/**
 * Steps by system. Sources: update-ca-certificates(8), security(1) of macOS, certutil of Windows and of NSS.
 * @param path of the certificate, as the user will type it
 */
export function trustSteps(path: string): readonly TrustSteps[] {
  const file = /^[\w./~:\\-]+$/.test(path) ? path : `"${path}"`;
  const installed = '/usr/local/share/ca-certificates/conpaas-websites.crt';
  return [
    {
      system: 'Linux: programs',
      text: 'For curl and other programs, on Debian and Ubuntu. Browsers have a store of their own.',
      command: `sudo cp ${file} ${installed} && sudo update-ca-certificates`,
      undo: `sudo rm ${installed} && sudo update-ca-certificates --fresh`,
    },
    {
      system: 'Linux: Chrome, Chromium',
      text: 'certutil is in the package libnss3-tools. Then start the browser again.',
      command: `certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n conpaas-websites -i ${file}`,
      undo: 'certutil -d sql:$HOME/.pki/nssdb -D -n conpaas-websites',
    },
    {
      system: 'Firefox, on every system',
      text: 'Settings, Privacy & Security, View Certificates, Authorities, Import: choose the file, and tick “Trust this CA to identify websites”. To undo it: the same list, Delete or Distrust.',
    },
    {
      system: 'macOS: Safari, Chrome',
      text: 'It asks for your password.',
      command: `security add-trusted-cert -r trustRoot -p ssl -k ~/Library/Keychains/login.keychain-db ${file}`,
      undo: `security remove-trusted-cert ${file}`,
    },
    {
      system: 'Windows: Edge, Chrome',
      text: 'In a command prompt; it asks you to confirm.',
      command: `certutil -user -addstore Root ${file}`,
      undo: 'certmgr.msc: Trusted Root Certification Authorities, “ConPaaS websites of …”, Delete',
    },
    {
      system: 'One request only',
      text: 'Nothing is changed on the computer.',
      command: `curl --cacert ${file} https://NAME/`,
    },
  ];
}
