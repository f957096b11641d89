/** What a new manifest begins with: the least that can be applied. */
export const newManifest = `{
  "Version": 1,
  "Application": "My application",
  "Services": [
    {
      "Type": "php",
      "ServiceName": "web"
    }
  ]
}
`;
