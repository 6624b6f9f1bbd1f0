/** Sent instead of a session's number. */
export const ALL_OTHERS = "all-others";
