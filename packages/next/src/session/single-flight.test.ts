import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Flights, singleFlight } from "./single-flight.ts";

const KEEP = 10_000;

describe("callers with the same question", () => {
  let flights: Flights<string>;
  beforeEach(() => {
    vi.useFakeTimers();
    flights = new Map();
  });
  afterEach(() => vi.useRealTimers());

  function question(answer: () => Promise<string>, keepFor = KEEP) {
    return { ask: vi.fn(answer), keepFor: () => keepFor };
  }

  it("ask once, at the same time or a little later", async () => {
    const asked = question(async () => "pair");
    const together = Array.from({ length: 10 }, () => singleFlight(flights, "token", asked));
    expect(await Promise.all(together)).toEqual(Array(10).fill("pair"));

    await vi.advanceTimersByTimeAsync(KEEP - 1);
    expect(await singleFlight(flights, "token", asked)).toBe("pair");
    expect(asked.ask).toHaveBeenCalledTimes(1);
  });

  it("ask again when the time is over, and then nothing is kept", async () => {
    const asked = question(async () => "pair");
    await singleFlight(flights, "token", asked);
    await vi.advanceTimersByTimeAsync(KEEP);
    expect(flights.size).toBe(0);
    await singleFlight(flights, "token", asked);
    expect(asked.ask).toHaveBeenCalledTimes(2);
  });

  it("share nothing with callers that have another question", async () => {
    const asked = question(async () => "pair");
    await Promise.all([singleFlight(flights, "a", asked), singleFlight(flights, "b", asked)]);
    expect(asked.ask).toHaveBeenCalledTimes(2);
  });

  it("ask again if the outcome is not kept", async () => {
    const asked = question(async () => "no answer", 0);
    await singleFlight(flights, "token", asked);
    await vi.advanceTimersByTimeAsync(0);
    await singleFlight(flights, "token", asked);
    expect(asked.ask).toHaveBeenCalledTimes(2);
  });

  it("all get the failure, and nothing is kept", async () => {
    const failing = question(() => Promise.reject(new Error("broken")));
    const together = [singleFlight(flights, "token", failing), singleFlight(flights, "token", failing)];
    expect((await Promise.allSettled(together)).map(({ status }) => status)).toEqual([
      "rejected",
      "rejected",
    ]);
    expect(flights.size).toBe(0);
    expect(failing.ask).toHaveBeenCalledTimes(1);
  });
});
