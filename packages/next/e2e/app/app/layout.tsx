import { PosternProvider } from "postern-auth/react";
import { type ReactNode, Suspense } from "react";
import { postern } from "../postern";
import { Head } from "./head";

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <PosternProvider user={postern.getUser()}>
          <Suspense fallback={<p>…</p>}>
            <Head />
          </Suspense>
          {children}
        </PosternProvider>
      </body>
    </html>
  );
}
