/** A small page for what the server says without Next: everything it needs is in it, and its nonce allows that. */

import type { Look } from "@/look/look";
import { directionOf } from "./direction";
import { escaped } from "./escaped";

interface StaticPage {
  readonly language: string;
  readonly appName: string;
  readonly look: Look;
  readonly nonce: string;
  readonly title: string;
  readonly text: string;
  /** For developers. */
  readonly detail?: string;
  readonly link: { readonly href: string; readonly label: string };
  /** With scripts, a visible page looks every few seconds whether the server can answer again. */
  readonly looksAgain?: boolean;
}

export function staticPage({
  language,
  appName,
  look,
  nonce,
  title,
  text,
  detail,
  link,
  looksAgain,
}: StaticPage): string {
  return `<!doctype html>
<html lang="${escaped(language)}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · ${escaped(appName)}</title>
<link rel="icon" href="${look.logo?.path ?? "/icon.svg"}">
<style nonce="${escaped(nonce)}">${STYLE}${look.brandSheet ?? ""}</style>
</head>
<body>
<main>
<p class="app">${look.logo ? logo(appName, look) : escaped(appName)}</p>
<h1>${escaped(title)}</h1>
<p role="alert">${escaped(text)}</p>
${detail ? `<p class="detail">${escaped(detail)}</p>` : ""}
<p><a href="${escaped(link.href)}">${escaped(link.label)}</a></p>
</main>
${support(look)}
${looksAgain ? `<script nonce="${escaped(nonce)}">${LOOK_AGAIN}</script>` : ""}
</body>
</html>
`;
}

function logo(appName: string, { logo, logoDark }: Look): string {
  const dark = logoDark ? `<source media="(prefers-color-scheme: dark)" srcset="${logoDark.path}">` : "";
  return `<picture>${dark}<img src="${logo?.path}" alt="${escaped(appName)}"${logoDark ? "" : ' class="plate"'}></picture>`;
}

function support({ links }: Look): string {
  return links.support ? `<footer><a href="${escaped(links.support)}">Support</a></footer>` : "";
}

/** The colours of globals.css, which this page cannot load: its file has a new name in each build. */
const STYLE = `
:root{color-scheme:light dark}
body{margin:0;min-height:100dvh;display:grid;place-content:center;padding:1.25rem;box-sizing:border-box;
font:1rem/1.6 ui-sans-serif,system-ui,sans-serif;text-align:center;
background:light-dark(oklch(0.951 0.005 165),oklch(0.185 0.009 185));
color:light-dark(oklch(0.235 0.018 185),oklch(0.945 0.006 165))}
main{max-width:30rem}
.app,.detail{color:light-dark(oklch(0.455 0.018 185),oklch(0.745 0.012 170));overflow-wrap:anywhere}
.app{font-weight:600}
h1{margin:0 0 .5rem;font-size:1.75rem;line-height:1.2;letter-spacing:-.025em}
.app img{height:2rem;max-width:12rem;object-fit:contain}
@media (prefers-color-scheme:dark){.plate{padding:.25rem .375rem;border-radius:.375rem;background:oklch(0.993 0.002 165)}}
footer{margin-top:2rem;font-size:.875rem}
footer a{text-decoration:underline;text-underline-offset:.25em;color:inherit}
main a{display:inline-flex;align-items:center;min-height:2.75rem;padding:0 1.25rem;border-radius:.5rem;
border:1px solid light-dark(oklch(0.605 0.016 180),oklch(0.545 0.018 185));color:inherit;text-decoration:none;font-weight:500}
a:focus-visible{outline:2px solid var(--color-door,light-dark(oklch(0.448 0.082 178),oklch(0.805 0.092 176)));outline-offset:3px}`;

const LOOK_AGAIN = `setInterval(async () => {
  if (document.hidden) return;
  const answer = await fetch(location.href, { method: "HEAD", headers: { accept: "text/html" } }).catch(() => {});
  if (answer && answer.status < 500) location.reload();
}, 5000);`;
