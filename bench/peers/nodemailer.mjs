// nodemailer with a pooled transport, as its documentation shows it: node nodemailer.mjs PORT MESSAGES CONNECTIONS LETTER [KEY]
// Speaks the protocol of bench/measured.py. LETTER is a JSON file with subject, html, text, from and key.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import nodemailer from "nodemailer";

const [port, messages, connections] = process.argv.slice(2, 5).map(Number);
const letter = JSON.parse(readFileSync(process.argv[5], "utf8"));
const privateKey = process.argv[6] && readFileSync(process.argv[6], "utf8");

const transport = nodemailer.createTransport({
  host: "127.0.0.1",
  port,
  secure: false,
  ignoreTLS: true,
  pool: true,
  maxConnections: connections,
  maxMessages: Infinity,
  ...(privateKey && { dkim: { domainName: "letters.example", keySelector: "bench", privateKey } }),
});

function token(number, audience) {
  const name = Buffer.alloc(16);
  name.writeUInt32BE(number, 12);
  const signature = createHmac("sha256", letter.key).update(audience).update(name).digest().subarray(0, 16);
  return Buffer.concat([name, signature]).toString("base64url");
}

// Cut once, joined for each reader: cheaper than any template engine.
const cut = (part) => part.split(/\[\[([a-z_]+)\]\]/);
const html = cut(letter.html);
const text = cut(letter.text);
const escaped = (value) => value.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
const fill = (pieces, values, made) => pieces.map((piece, at) => (at % 2 ? made(values[piece]) : piece)).join("");

const names = ["Ada", "Ben", "Cleo", "Dilys", "Ewan", "Fatima", "Gwen", "Hugo"];

function message(number) {
  const to = `reader${number}@readers.test`;
  const leave = `${letter.site}/u/${token(number, "u")}`;
  const values = {
    address: to,
    greeting: `Hello ${names[number % names.length]},`,
    signed_up_on: `${(number % 28) + 1} March 2026`,
    unsubscribe_url: leave,
    preferences_url: `${letter.site}/p/${token(number, "p")}`,
  };
  return {
    from: letter.from,
    to,
    subject: letter.subject,
    envelope: { from: letter.return_path, to },
    headers: { "List-Unsubscribe": `<${leave}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
    text: fill(text, values, (value) => value),
    html: fill(html, values, escaped),
  };
}

let next = 0;
let sent = 0;
let bytes = 0;

async function lane() {
  while (next < messages) {
    const info = await transport.sendMail(message(next++));
    sent += info.accepted.length;
    bytes = info.messageSize ?? bytes;
  }
}

async function work() {
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: connections }, lane));
  const used = process.cpuUsage(before);
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
  const facts = { sent, bytes, cpu: (used.user + used.system) / 1e6, rss_mb: Number(peak[1]) / 1024 };
  process.stdout.write(JSON.stringify(facts) + "\n");
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
process.stdout.write("ready\n");
if (!(await lines.next()).done) {
  await work();
  await lines.next();
}
transport.close();
process.exit(0);
