import assert from "node:assert/strict";
import test from "node:test";
import { reportText, scrubbed } from "../src/report";

const HOME = "/home/ada";

test("no secret, home folder, name or address is left", () => {
  const lines = [
    "GET https://juliahub.com/api?X-Amz-Signature=abc123&x=1",
    "authorization: Bearer eyJhbGciOi.eyJzdWIiOi.sig",
    "refresh_token=rt-secret user_code: ABCD-EFGH",
    "reading /home/ada/work/Project.toml and file:///home/ada/work",
    "C:\\Users\\grace\\work and /Users/grace/work",
    "ada@example.org signed in as ada; adagio stays",
    "https://ada:pw123@proxy.example:3128",
    "  Code: -32097",
  ];
  const text = scrubbed(lines.join("\n"), HOME, "ada");
  for (const secret of ["abc123", "eyJ", "rt-secret", "ABCD", HOME, "grace", "example.org", "pw123", "as ada"]) {
    assert.ok(!text.includes(secret), `${secret} in ${text}`);
  }
  for (const kept of ["~/work/Project.toml", "juliahub.com/api", "adagio stays", "proxy.example:3128", "Code: -32097"]) assert.ok(text.includes(kept), `${kept} in ${text}`);
});

test("a home on Windows, in each way of writing it", () => {
  const text = scrubbed('"C:\\\\Users\\\\ada\\\\x" C:\\Users\\ada\\x C:/Users/ada/x', "C:\\Users\\ada", "ada");
  assert.equal(text, '"~\\\\x" ~\\x ~/x');
});

test("the report has the versions and the log's end, and no fence breaks out", () => {
  const log = Array.from({ length: 100 }, (_, index) => `line ${index}`).join("\n") + "\n``` out\n";
  const text = reportText({ versions: { "VS Code": "1.91.0", Platform: "linux-x64" }, log, home: HOME, user: "ada" });
  assert.match(text, /^- VS Code: 1\.91\.0$/m);
  assert.match(text, /^- Platform: linux-x64$/m);
  assert.match(text, /^line 99$/m);
  assert.doesNotMatch(text, /^line 40$/m);
  assert.equal(text.match(/```/g)?.length, 2);
});
