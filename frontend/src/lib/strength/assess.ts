import type { Verdict } from "./verdict";
import type { Question } from "./worker";

let worker: Worker | undefined;

/** Starts to load what `assess` needs, which takes a moment. */
export function prepare(): Worker {
  worker ??= new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return worker;
}

/** Resolves when the strength is known. In a browser without support it never resolves. */
export function assess(question: Question): Promise<Verdict> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<Verdict>) => {
      port1.close();
      resolve(data);
    };
    prepare().postMessage(question, [port2]);
  });
}
