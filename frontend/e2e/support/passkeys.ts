/** Devices that keep passkeys: the virtual authenticators of Chromium. */

import type { CDPSession, Page, PlaywrightTestArgs } from "@playwright/test";

interface Kind {
  readonly transport: "internal" | "usb";
  /** Asks for a PIN, a finger or a face. */
  readonly verifies: boolean;
  /** Its passkeys are also on other devices. */
  readonly synced?: boolean;
}

export const PHONE_OR_LAPTOP: Kind = { transport: "internal", verifies: true, synced: true };
export const BOUND: Kind = { transport: "internal", verifies: true };
export const KEY_WITH_PIN: Kind = { transport: "usb", verifies: true };
export const KEY: Kind = { transport: "usb", verifies: false };

export interface Device {
  /** The person does nothing from now on, or answers again. */
  answers(does: boolean): Promise<void>;
  /** The person passes the check of the PIN, the finger or the face, or fails it. */
  passes(does: boolean): Promise<void>;
  count(): Promise<number>;
  /** Its passkeys are gone from the device, but not from the account. */
  clear(): Promise<void>;
  /** The device is not at hand any more. */
  remove(): Promise<void>;
}

/** Only for this tab. */
async function plugIn(page: Page, { transport, verifies, synced = false }: Kind): Promise<Device> {
  const client: CDPSession = await page.context().newCDPSession(page);
  await client.send("WebAuthn.enable");
  const { authenticatorId } = await client.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport,
      hasResidentKey: true,
      hasUserVerification: verifies,
      isUserVerified: verifies,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: synced,
      defaultBackupState: synced,
    },
  });
  return {
    async answers(enabled) {
      await client.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });
    },
    async passes(isUserVerified) {
      await client.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
    },
    async count() {
      return (await client.send("WebAuthn.getCredentials", { authenticatorId })).credentials.length;
    },
    async clear() {
      await client.send("WebAuthn.clearCredentials", { authenticatorId });
    },
    async remove() {
      await client.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
      await client.send("WebAuthn.disable");
      await client.detach();
    },
  };
}

export interface Devices {
  /** Plugs a device into the page. It is removed after the journey. */
  readonly plug: (kind: Kind, page?: Page) => Promise<Device>;
}

/** The fixture of journeys with devices. */
export const devices = {
  plug: async ({ page }: PlaywrightTestArgs, use: (plug: Devices["plug"]) => Promise<void>) => {
    const plugged: Device[] = [];
    await use(async (kind, into = page) => {
      const device = await plugIn(into, kind);
      plugged.push(device);
      return device;
    });
    for (const device of plugged) await device.remove().catch(() => {});
  },
};
