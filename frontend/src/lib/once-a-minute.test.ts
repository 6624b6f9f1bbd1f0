import { expect, it } from "vitest";
import { onceAMinute } from "./once-a-minute";

function log() {
  const lines: string[] = [];
  const timers: (() => void)[] = [];
  const say = onceAMinute((line) => lines.push(line), {
    summary: (left) => `${left} more`,
    later: (run) => timers.push(run),
  });
  const minutePasses = () => {
    for (const run of timers.splice(0)) run();
  };
  return { lines, say, minutePasses };
}

it("a thousand refusals in a minute are one line, and their number a minute later", () => {
  const { lines, say, minutePasses } = log();
  for (let sent = 1; sent <= 1_000; sent++) say(`refused ${sent}`);
  expect(lines).toEqual(["refused 1"]);
  minutePasses();
  expect(lines).toEqual(["refused 1", "999 more"]);
});

it("the line with the number is that minute's line", () => {
  const { lines, say, minutePasses } = log();
  for (const line of ["first", "second"]) say(line);
  minutePasses();
  say("third");
  expect(lines).toEqual(["first", "1 more"]);
  minutePasses();
  minutePasses();
  expect(lines).toEqual(["first", "1 more", "1 more"]);
});

it("after a quiet minute nothing is written, and the next refusal has its own line", () => {
  const { lines, say, minutePasses } = log();
  say("first");
  minutePasses();
  say("second");
  expect(lines).toEqual(["first", "second"]);
});
