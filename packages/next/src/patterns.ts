/** The paths of `protect`, written as in a matcher of Next: "/app", "/app/:id", "/app/:path*". */

export function matcherOf(patterns: readonly string[]): (pathname: string) => boolean {
  const expressions = patterns.map(expressionOf);
  return (pathname) => {
    const written = [pathname, decoded(pathname)];
    return expressions.some((expression) => written.some((path) => expression.test(path)));
  };
}

/** A letter may be written as "%61", and leads to the same page. */
function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

const LITERAL = /^[\w.~%@!$&'=;,-]+$/;
const NAMED = /^:\w+([*+?]?)$/;

function expressionOf(pattern: string): RegExp {
  if (pattern === "/") return /^\/$/;
  const segments = pattern.startsWith("/") ? pattern.slice(1).split("/") : [""];
  const parts = segments.map((segment) => {
    if (LITERAL.test(segment)) return `/${segment.replace(/[.$]/g, "\\$&")}`;
    const named = NAMED.exec(segment);
    if (!named) {
      throw new TypeError(
        `postern.proxy: ${JSON.stringify(pattern)} is not a path to protect. Write it as "/app", "/app/:id" or "/app/:path*".`,
      );
    }
    return { "": "/[^/]+", "?": "(?:/[^/]+)?", "*": "(?:/.*)?", "+": "/.+" }[named[1] ?? ""] ?? "";
  });
  return new RegExp(`^${parts.join("")}/?$`);
}
