/** The tabs of this browser say to each other that the person has signed out. */

const NAME = "postern-session";
const SIGNED_OUT = "signed-out";

export function announceSignOut(): void {
  const channel = new BroadcastChannel(NAME);
  channel.postMessage(SIGNED_OUT);
  channel.close();
}

/** Returns what stops listening. */
export function onSignOut(signedOut: () => void): () => void {
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = ({ data }) => {
    if (data === SIGNED_OUT) signedOut();
  };
  return () => channel.close();
}
