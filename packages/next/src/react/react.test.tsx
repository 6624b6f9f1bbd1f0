import { renderToString } from "react-dom/server";
import { expect, it } from "vitest";
import { PosternProvider, SignedIn, SignedOut, SignOutButton, type User, UserButton } from "./index.ts";

const ADA: User = {
  userId: 7,
  sessionId: 9,
  expiresAt: new Date(0),
  email: "ada@example.com",
  name: "Ada",
  emailVerified: true,
};

function rendered(user: User | null): string {
  return renderToString(
    <PosternProvider user={user}>
      <SignedIn>yes</SignedIn>
      <SignedOut>no</SignedOut>
      <UserButton />
    </PosternProvider>,
  );
}

it("the server renders what a person sees, so nothing flashes", () => {
  const html = rendered(ADA);
  expect(html).toContain("<summary>Ada</summary>");
  expect(html).toMatch(/^yes/);
  expect(html).not.toContain("no<");
});

it("the server renders what somebody sees who is not signed in", () => {
  expect(rendered(null)).toBe("no");
});

it("a person without a name is their address", () => {
  expect(rendered({ ...ADA, name: null })).toContain("<summary>ada@example.com</summary>");
});

it("signing out is a plain form, with the page that comes next", () => {
  const html = renderToString(<SignOutButton next="/bye">Leave</SignOutButton>);
  expect(html).toContain('<form action="/signout" method="post">');
  expect(html).toContain('<input type="hidden" name="next" value="/bye"/>');
});
