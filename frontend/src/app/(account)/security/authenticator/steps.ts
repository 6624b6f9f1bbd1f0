/** What the buttons of the card send. */
export const BEGIN = "begin";
export const CONFIRM = "confirm";
export const REMOVE = "remove";
