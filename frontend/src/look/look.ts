/** The settings of the look. src/env.ts reads them at the start. */

import { brandSheet } from "./brand";
import { type Logo, readLogo, UnusableLogo } from "./logo";

export interface Look {
  readonly theme: "arch" | "plain";
  /** `#rrggbb`. */
  readonly brandColor?: string;
  /** The style sheet of the brand's colors. */
  readonly brandSheet?: string;
  readonly logo?: Logo;
  /** For the dark scheme. Without it, `logo` is for both. */
  readonly logoDark?: Logo;
  /** Where `/` and the name at the top lead. Without it, there is a page at `/`. */
  readonly homeUrl?: string;
  readonly links: Links;
}

/** The adopter's own pages. */
export interface Links {
  readonly terms?: string;
  readonly privacy?: string;
  readonly support?: string;
}

type Source = Readonly<Record<string, string | undefined>>;

interface Surroundings {
  readonly development: boolean;
  /** The origin of this web app. */
  readonly webUrl?: string;
}

/** Adds a sentence to `faults` for each setting that cannot be used. */
export function parseLook(source: Source, { development, webUrl }: Surroundings, faults: string[]): Look {
  const given = (name: string) => source[name]?.trim() || undefined;

  function logo(name: string): Logo | undefined {
    const file = given(name);
    if (!file) return;
    try {
      return readLogo(file);
    } catch (error) {
      if (!(error instanceof UnusableLogo)) throw error;
      faults.push(`${name}: ${error.message}.`);
    }
  }

  function link(name: string, schemes: readonly string[]): string | undefined {
    const text = given(name);
    if (!text) return;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url && schemes.includes(url.protocol) && !url.username && !url.password) return url.href;
    faults.push(
      `${name} must be an address such as ${schemes.map((scheme) => EXAMPLES[scheme]).join(" or ")}.`,
    );
  }

  const brandColor = given("BRAND_COLOR")?.toLowerCase();
  const isColor = brandColor && /^#[0-9a-f]{6}$/.test(brandColor);
  if (brandColor && !isColor)
    faults.push("BRAND_COLOR must be like #0b5fff: a # and six digits from 0 to f.");
  const theme = given("THEME") ?? "arch";
  if (theme !== "arch" && theme !== "plain") faults.push("THEME must be arch or plain.");
  const look = {
    theme: theme === "plain" ? theme : "arch",
    brandColor,
    brandSheet: isColor ? brandSheet(brandColor) : undefined,
    logo: logo("LOGO"),
    logoDark: logo("LOGO_DARK"),
    homeUrl: link("HOME_URL", ["https:", "http:"]),
    links: {
      terms: link("TERMS_URL", pages(development)),
      privacy: link("PRIVACY_URL", pages(development)),
      support: link("SUPPORT_URL", [...pages(development), "mailto:"]),
    },
  } as const;
  if (given("LOGO_DARK") && !given("LOGO"))
    faults.push("LOGO_DARK needs LOGO, which is for the light scheme.");
  if (look.homeUrl && look.homeUrl === `${webUrl}/`)
    faults.push("HOME_URL is this page itself. Leave it out.");
  return look;
}

const EXAMPLES: Readonly<Record<string, string>> = {
  "https:": "https://example.com/page",
  "http:": "http://example.com/page",
  "mailto:": "mailto:help@example.com",
};

/** People must be able to trust what these pages say. */
function pages(development: boolean): readonly string[] {
  return development ? ["https:", "http:"] : ["https:"];
}
