/** What the page and its actions say to each other. */

/** In the place of a session's number. */
export const ALL_OTHERS = "all-others";

/** Nothing that a browser would fill in by itself, as it would the address. */
export const CONFIRMATION = "delete my account";
