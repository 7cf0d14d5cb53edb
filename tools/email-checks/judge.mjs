// Reads {"mjml": {name: source}, "html": {name: page}} on standard input and answers what the reference MJML makes of
// each source, and what html-validate says of each page: {"mjml": {name: {html, errors}}, "html": {name: [sentence]}}.
import { readFileSync } from "node:fs";
import mjml2html from "mjml";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const asked = JSON.parse(readFileSync(0, "utf8"));
const config = JSON.parse(readFileSync(new URL("./htmlvalidate.json", import.meta.url), "utf8"));
const validator = new HtmlValidate(new StaticConfigLoader(config));
const answer = { mjml: {}, html: {} };

for (const [name, source] of Object.entries(asked.mjml ?? {})) {
  const { html, errors } = await mjml2html(source, { fonts: {}, validationLevel: "soft", keepComments: true });
  answer.mjml[name] = { html, errors: errors.map((error) => error.formattedMessage) };
}
for (const [name, page] of Object.entries(asked.html ?? {})) {
  const report = await validator.validateString(page, `${name}.html`);
  answer.html[name] = report.results.flatMap((result) =>
    result.messages.map((found) => `${found.line}:${found.column} ${found.ruleId}: ${found.message}`),
  );
}
process.stdout.write(JSON.stringify(answer));
