import { signedIn } from "../../../verify";

/** The caller's orders. Who calls is in the token, and nowhere else in the request. */
export const GET = signedIn((_request, caller) => Response.json({ user_id: caller.userId, orders: [] }));
