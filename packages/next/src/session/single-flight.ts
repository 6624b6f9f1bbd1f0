/** Asks a question once for all callers that have it at the same time or a little later. */

import "server-only";

export type Flights<Outcome> = Map<string, Promise<Outcome>>;

interface Question<Outcome> {
  readonly ask: () => Promise<Outcome>;
  /** For how many milliseconds later callers get this outcome too. */
  readonly keepFor: (outcome: Outcome) => number;
}

export function singleFlight<Outcome>(
  flights: Flights<Outcome>,
  key: string,
  { ask, keepFor }: Question<Outcome>,
): Promise<Outcome> {
  const under = flights.get(key);
  if (under) return under;

  const flight = ask();
  flights.set(key, flight);
  const forget = () => flights.delete(key);
  flight.then((outcome) => setTimeout(forget, keepFor(outcome)).unref(), forget);
  return flight;
}
