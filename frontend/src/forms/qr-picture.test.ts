import { expect, it } from "vitest";
import { pictureIn } from "./qr-picture";

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 33 33" class="segno"><path fill="#fff" d="M0 0h33v33h-33z"/>' +
  '<path class="qrline" stroke="#000" d="M4 4.5h7m1 0h2m-25 1h1"/></svg>';

it("the squares of the API's picture are taken out of it", () => {
  expect(pictureIn(SVG)).toEqual({ size: 33, path: "M4 4.5h7m1 0h2m-25 1h1" });
});

it.each(["", "<svg/>", SVG.replace("m1 0", 'm1 0"/><script>'), SVG.replace("33 33", "33 34")])(
  "a picture of another form is none: %s",
  (svg) => {
    expect(pictureIn(svg)).toBeUndefined();
  },
);
