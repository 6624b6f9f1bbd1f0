/** What the buttons of the offer send. */
export const ADD = "add";
export const SAVE = "save";
export const LATER = "later";
export const NEVER = "never";
