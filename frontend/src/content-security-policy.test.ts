import { describe, expect, it } from "vitest";
import { contentSecurityPolicy } from "./content-security-policy";

const PRODUCTION = { nonce: "abc", https: true, development: false };

describe("the policy", () => {
  it("lets scripts and styles run by nonce alone", () => {
    const policy = contentSecurityPolicy(PRODUCTION);
    expect(policy).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic';");
    expect(policy).toContain("style-src 'self' 'nonce-abc';");
    expect(policy).not.toContain("unsafe");
  });

  it("asks for https only if the app is on https", () => {
    expect(contentSecurityPolicy(PRODUCTION)).toContain("upgrade-insecure-requests");
    expect(contentSecurityPolicy({ ...PRODUCTION, https: false })).not.toContain("upgrade-insecure-requests");
  });

  it("allows what the development server needs, but no inline scripts", () => {
    const policy = contentSecurityPolicy({ ...PRODUCTION, development: true });
    expect(policy).toMatch(/script-src [^;]*'unsafe-eval'/);
    expect(policy).not.toMatch(/script-src [^;]*'unsafe-inline'/);
  });
});
