import { NextResponse } from "next/server";
import { postern } from "./postern";

export const proxy = postern.proxy({
  protect: ["/account/:path*"],
  after: (request) => {
    if (request.nextUrl.pathname === "/moved") return NextResponse.redirect(new URL("/other", request.url));
  },
});
