import { type NextRequest, NextResponse } from "next/server";
import { cookieOptions, LONG } from "postern-auth/web";
import { env } from "@/env";
import { reportForeignForm } from "@/lib/refused-forms";
import { isFromHere } from "@/lib/same-origin";
import { catalogues } from "@/words/catalogue";
import { languageCookie } from "@/words/language";
import { getWords } from "@/words/spoken";

/** Keeps the language that a person has chosen, and loads their page again. */
export async function POST(request: NextRequest): Promise<Response> {
  const { https, webUrl } = env();
  if (!isFromHere(request.headers, webUrl)) {
    reportForeignForm(request.headers, webUrl);
    return new Response((await getWords()).refusedForm.otherSite, { status: 403 });
  }
  const language = (await request.formData()).get("language");
  const response = new NextResponse(null, {
    status: 303,
    headers: { location: pageIn(request.headers.get("referer"), webUrl) },
  });
  if (typeof language === "string" && catalogues().has(language))
    response.cookies.set(languageCookie(https), language, { ...cookieOptions(https), maxAge: LONG });
  return response;
}

/** The page with the form. Browsers name it to its own site (Referrer-Policy), but some people switch that off. */
function pageIn(referer: string | null, webUrl: string): string {
  const page = referer && URL.canParse(referer) ? new URL(referer) : undefined;
  return page?.origin === webUrl ? page.pathname.replace(/^\/{2,}/, "/") + page.search : "/signin";
}
