/**
 * The name of a device for people, such as "Safari on iPhone", and what tells two of them apart. It is for a list, and no
 * decision depends on it.
 */

import "server-only";

import Bowser from "bowser";
import { fill } from "./fill";

interface DeviceWords {
  readonly unknown: string;
  readonly browserOn: string;
  readonly version: string;
}

export interface Device {
  readonly name: string;
  readonly kind: "computer" | "phone" | "tablet" | "program";
  /** Versions, such as "version 18.5, iOS 18.5". Empty if none is known. */
  readonly detail: string;
}

const KINDS = new Map<string | undefined, Device["kind"]>([
  ["desktop", "computer"],
  ["mobile", "phone"],
  ["tablet", "tablet"],
]);

/** Names that are longer than people say them. */
const SHORT = new Map([
  ["Microsoft Edge", "Edge"],
  ["Samsung Internet for Android", "Samsung Internet"],
  ["Chrome OS", "ChromeOS"],
]);

const MOBILE = ["iOS", "Android"];

/** Chrome says this for each Android, and "K" for each model. */
const FROZEN_ANDROID = "10";

/** Longer texts are cut off: a client may send anything. */
const LONGEST = 512;

export function deviceIn(userAgent: string | null, words: DeviceWords): Device {
  const text = (userAgent ?? "").slice(0, LONGEST);
  if (!text) return { name: words.unknown, kind: "program", detail: "" };
  const { browser, os, platform } = Bowser.parse(text);
  const system = (platform.model || modelIn(text)) ?? short(os.name);
  const named = short(browser.name);
  // Apps on Apple's devices name no browser. Bowser then says "Safari", but without a version.
  const shown = named && (browser.version || !platform.model) ? named : undefined;
  const known = shown && system ? fill(words.browserOn, { browser: shown, system }) : (shown ?? system);
  return {
    name: known ?? programIn(text) ?? words.unknown,
    kind: (system && KINDS.get(platform.type)) || "program",
    detail: [
      shown && browser.version && fill(words.version, { version: majorOf(browser.version, shown) }),
      os.name && os.version && MOBILE.includes(os.name) && os.version !== FROZEN_ANDROID
        ? `${os.name} ${os.version}`
        : undefined,
    ]
      .filter(Boolean)
      .join(", "),
  };
}

function short(name: string | undefined): string | undefined {
  return (name && SHORT.get(name)) || name || undefined;
}

/** Safari's second number is a release of its own. Of others it is always 0. */
function majorOf(version: string, browser: string): string {
  return version
    .split(".")
    .slice(0, browser === "Safari" ? 2 : 1)
    .join(".");
}

/** "Pixel 9 Pro" in "(Linux; Android 15; Pixel 9 Pro)". */
function modelIn(userAgent: string): string | undefined {
  const model = userAgent.match(/\bAndroid [\d.]+; ([\w][\w .+-]{1,39}?)(?: Build\/[^)]*)?\)/)?.[1];
  return model === "K" ? undefined : model;
}

/** "curl/8.5.0" is curl. */
function programIn(userAgent: string): string | undefined {
  return userAgent.match(/^([A-Za-z][\w .-]{0,39})\//)?.[1];
}
