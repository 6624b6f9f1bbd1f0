import { describe, expect, it } from "vitest";
import { contentSecurityPolicy } from "./content-security-policy";

const PRODUCTION = { nonce: "abc", development: false };

describe("the policy", () => {
  it("lets scripts and styles run by nonce alone", () => {
    const policy = contentSecurityPolicy(PRODUCTION);
    expect(policy).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic';");
    expect(policy).toContain("style-src 'self' 'nonce-abc';");
    expect(policy).not.toContain("unsafe");
  });

  it("does not send a page that was opened over http to an https address where nothing may answer", () => {
    expect(contentSecurityPolicy(PRODUCTION)).not.toContain("upgrade-insecure-requests");
  });

  it("allows what the development server needs, but no inline scripts", () => {
    const policy = contentSecurityPolicy({ ...PRODUCTION, development: true });
    expect(policy).toMatch(/script-src [^;]*'unsafe-eval'/);
    expect(policy).not.toMatch(/script-src [^;]*'unsafe-inline'/);
  });
});
