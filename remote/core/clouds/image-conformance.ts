/** What every provider with images of ours must do. Nothing has to boot: what is in an image is not asked here. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Images, imageName, newBuilder } from './machines/images.ts';
import { createMachineCloud } from './machines/machine-cloud.ts';
import type { Provider } from './machines/provider.ts';

export interface ImagesSubject extends AsyncDisposable {
  /** A provider of a deployment, each time another one of the same cloud. */
  open(deployment: string): Provider;
  /** What the cloud says that a machine was made of. Absent: nobody writes images there, so none comes to be available. */
  imageOf?(server: string): Promise<string>;
}

const never = new AbortController().signal;
/** How long a machine may take to run or to stop, and an image to be written, milliseconds. */
const workMs = 30_000;

function imagesOf({ kind, images }: Provider): Images {
  if (images) return images;
  throw new Error(`${kind} has images`);
}

export function describeImages(name: string, subject: () => Promise<ImagesSubject>): void {
  describe(`images of the cloud driver ${name}`, () => {
    const builder = newBuilder(Date.now());
    let given: ImagesSubject;
    let provider: Provider;
    let images: Images;
    let other: Provider;
    beforeAll(async () => {
      given = await subject();
      provider = given.open(builder);
      images = imagesOf(provider);
      other = given.open('d-images');
    });
    afterAll(async () => {
      for (const { id } of await images.list(never)) await images.destroy(id, never);
      for (const one of [provider, other]) {
        await retire(one);
        await one[Symbol.asyncDispose]();
      }
      await given[Symbol.asyncDispose]();
    });

    const tagsOf = (deployment: string) => ({ deployment, application: '', operation: 'op-one' });
    async function retire(of: Provider): Promise<void> {
      for (const { id } of await of.listServers(never)) await of.destroyServer(id, never);
      await createMachineCloud({ provider: of, source: { kind: 'copy', programs: async () => [] } }).retire(never);
    }
    const becomes = async (of: Provider, id: string, wanted: string): Promise<void> => {
      const state = async () => (await of.listServers(never)).find((one) => one.id === id)?.state;
      await expect.poll(state, { timeout: workMs }).toBe(wanted);
    };
    async function started(of: Provider, deployment: string, vmName: string, plain?: boolean): Promise<string> {
      const request = { name: vmName, tags: tagsOf(deployment), userData: '#!/bin/sh\n', plain };
      const { id } = await of.createServer(request, never);
      await becomes(of, id, 'running');
      return id;
    }
    const left = async () => (await provider.belongings(never)).filter(({ kind }) => kind === 'image');
    const kinds = async () => (await provider.belongings(never)).map(({ kind }) => kind);

    test('one is made once of a machine that is stopped, is the builder’s until it is there, and of all who come', async () => {
      const { base, architecture } = await images.base(never);
      expect(base).toMatch(/^[a-z]+-[0-9.]+$/);
      expect(architecture).toBe(provider.architecture);
      const server = await started(provider, builder, 'image', true);
      const { imageOf } = given;
      const plain = await imageOf?.(server);
      await provider.power(server, false, never);
      await becomes(provider, server, 'stopped');

      const facts = { release: '1.2.3', base, architecture, builder };
      const called = imageName(facts, Date.parse('2026-01-31T10:15:00Z'));
      const request = { name: called, tags: tagsOf(builder), server };
      const { id } = await images.create(request, never);
      expect((await images.create(request, never)).id).toBe(id);
      const listed = async () => (await images.list(never)).filter((one) => one.name === called);
      const createdAt = Date.parse('2026-01-31T10:15:00Z');
      expect(await listed()).toMatchObject([{ id, ...facts, createdAt }]);
      const state = async () => (await listed())[0]?.state;
      if ((await state()) === 'creating') {
        expect(await left()).toMatchObject([{ id, name: called, createdAt, tags: { deployment: builder } }]);
        expect(await provider.deployments(never)).toContain(builder);
        expect((await other.belongings(never)).map(({ kind }) => kind)).not.toContain('image');
      }

      if (imageOf) {
        await expect.poll(state, { timeout: workMs }).toBe('available');
        await retire(provider);
        expect(await kinds()).toEqual([]);
        expect(await provider.deployments(never)).not.toContain(builder);
        expect((await imagesOf(other).list(never)).map((one) => one.id)).toEqual([id]);
        const first = await started(other, 'd-images', 'first');
        expect(await imageOf(first)).toBe(id);
        const second = await started(other, 'd-images', 'second', true);
        expect(await imageOf(second)).toBe(plain);
        await retire(other); // some clouds keep an image as long as a machine is made of it
      }

      for (const _again of [1, 2]) await images.destroy(id, never);
      expect(await listed()).toEqual([]);
      await retire(provider);
      expect(await kinds()).toEqual([]);
      if (imageOf) expect(await imageOf(await started(other, 'd-images', 'third'))).toBe(plain);
    });

    test('what was begun and is left is removed as any other belonging; nobody else touches it', async () => {
      const cut = newBuilder(Date.now());
      await using mine = given.open(cut);
      const server = await started(mine, cut, 'image', true);
      await mine.power(server, false, never);
      await becomes(mine, server, 'stopped');
      const called = imageName({ release: '1.2.3', ...(await images.base(never)), builder: cut }, Date.now());
      const { id } = await imagesOf(mine).create({ name: called, tags: tagsOf(cut), server }, never);
      const [unfinished] = (await mine.belongings(never)).filter(({ kind }) => kind === 'image');
      if (unfinished) {
        await other.destroyBelonging(unfinished, never);
        expect((await images.list(never)).map((one) => one.id)).toContain(id);
      }
      await retire(mine);
      // Where it was written meanwhile it is an image like any other, which a retired deployment leaves.
      const stays = (await images.list(never)).filter((one) => one.id === id);
      expect(stays.filter(({ state }) => state !== 'available')).toEqual([]);
      for (const one of stays) await images.destroy(one.id, never);
      expect(await mine.deployments(never)).not.toContain(cut);
    });

    test('what is not there, or is none of ours, is left alone', async () => {
      await images.destroy('image-that-never-was', never);
      await images.destroy('4711', never);
    });
  });
}
