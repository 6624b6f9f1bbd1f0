import "server-only";

import { NextResponse } from "next/server";

/**
 * For Next's router in an open page, and for Next itself if an action redirects to a page of another app on the same host.
 * Next takes only its own answers for the content of a page. With any other, the browser loads the address as a new page.
 */
export function loadWhole(): NextResponse {
  return new NextResponse("This page is loaded whole.", {
    status: 404,
    headers: { "Cache-Control": "no-store" },
  });
}
