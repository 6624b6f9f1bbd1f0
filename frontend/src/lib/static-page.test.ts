import { expect, it } from "vitest";
import { staticPage } from "./static-page";

it("nothing in its texts becomes markup", () => {
  const evil = `"><script>alert('1')</script>&`;
  const html = staticPage({
    language: "en",
    appName: evil,
    look: { theme: "arch", links: { support: `https://example.com/${evil}` } },
    nonce: "n",
    title: evil,
    text: evil,
    detail: evil,
    link: { href: `/x?${evil}`, label: evil },
  });
  expect(html).not.toContain("<script");
  expect(html).not.toContain(`"><`);
  expect(html).toContain("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;");
});
