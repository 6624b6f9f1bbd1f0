/** A log that anybody can write to must not grow without a bound. */

const MINUTE = 60_000;

type Later = (run: () => void) => void;

const afterAMinute: Later = (run) => setTimeout(run, MINUTE).unref();

/** Writes one line a minute at most. The lines that it leaves out are counted, and the next line is their number. */
export function onceAMinute(
  write: (line: string) => void,
  { summary, later = afterAMinute }: { summary: (left: number) => string; later?: Later },
): (line: string) => void {
  let leftOut = 0;
  let waiting = false;

  function say(line: string): void {
    if (waiting) {
      leftOut += 1;
      return;
    }
    waiting = true;
    write(line);
    later(() => {
      waiting = false;
      const left = leftOut;
      leftOut = 0;
      if (left > 0) say(summary(left));
    });
  }
  return say;
}
