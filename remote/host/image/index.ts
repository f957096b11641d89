/** Makes a machine ready to be the image of others. */
export { prepareImage } from './prepare.ts';
