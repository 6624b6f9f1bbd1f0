/** Sent in the place of a session's number. */
export const ALL_OTHERS = "all-others";
