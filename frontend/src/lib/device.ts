/**
 * The name of a device for people, such as "Safari on iPhone". It knows the common browsers only. The name is for a
 * list, and no decision depends on it.
 */

export interface Device {
  readonly name: string;
  readonly kind: "computer" | "phone" | "tablet" | "program";
}

/** The order matters: most browsers also claim to be the ones further down. */
const BROWSERS = [
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\b(OPR|OPT|OPX|Opera)\b/, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\bYaBrowser\//, "Yandex Browser"],
  [/\b(DuckDuckGo|Ddg)\//, "DuckDuckGo"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(HeadlessChrome|Chromium|Chrome|CriOS)\//, "Chrome"],
  [/\bVersion\/[\d.]+ .*\bSafari\//, "Safari"],
] as const;

const SYSTEMS = [
  [/\b(iPhone|iPod)\b/, "iPhone", "phone"],
  [/\biPad\b/, "iPad", "tablet"],
  [/\bAndroid\b.*\bMobile\b/, "Android", "phone"],
  [/\bAndroid\b/, "Android", "tablet"],
  [/\bCrOS\b/, "ChromeOS", "computer"],
  [/\bWindows\b/, "Windows", "computer"],
  [/\bMac(intosh| OS X)\b/, "macOS", "computer"],
  [/\b(Linux|X11)\b/, "Linux", "computer"],
] as const;

export function deviceIn(userAgent: string | null): Device {
  const text = userAgent ?? "";
  const browser = BROWSERS.find(([pattern]) => pattern.test(text))?.[1];
  const [, system, kind = "program"] = SYSTEMS.find(([pattern]) => pattern.test(text)) ?? [];
  if (browser && system) return { name: `${browser} on ${system}`, kind };
  return { name: browser ?? system ?? programIn(text) ?? "Unknown device", kind };
}

/** "curl/8.5.0" is curl. */
function programIn(userAgent: string): string | undefined {
  return userAgent.match(/^([A-Za-z][\w .-]{0,39})\//)?.[1];
}
