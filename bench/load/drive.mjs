// Sends all the streams of requests that stdin describes at the same time, and prints every answer as JSON:
// its status and problem code, its time in ms, and when it came. autocannon sends and times them. The caller interprets them.
import autocannon from "autocannon";
import { text } from "node:stream/consumers";

const TIMEOUT_SECONDS = 120;
const { base, streams } = JSON.parse(await text(process.stdin));
const began = performance.now();
const results = await Promise.all(streams.map(run));
const { user, system } = process.cpuUsage();
const seconds = (performance.now() - began) / 1000;
process.stdout.write(JSON.stringify({ streams: results, load_cpu: (user + system) / 1e6 / seconds }));

async function run(stream) {
  await sleep((stream.start_after ?? 0) * 1000);
  const log = { statuses: [], times: [], ended: [], retry_after: [], codes: [], errors: 0, unanswered: [] };
  const clock = performance.now();
  const parts = stream.rate ? await paced(stream, log, clock) : [flood(stream, log, clock, stream.connections)];
  await Promise.all(parts);
  return log;
}

// One connection for each request per second, with evenly spread starts, so that a slow answer delays no other request.
async function paced(stream, log, clock) {
  const parts = [];
  for (let i = 0; i < stream.rate; i++) {
    await sleep(clock + (i * 1000) / stream.rate - performance.now());
    const even = { connectionRate: 1, ignoreCoordinatedOmission: true };
    parts.push(flood(stream, log, clock, 1, { first: i, of: stream.rate }, even));
  }
  return parts;
}

// Each connection sends the next request of its share as soon as it has an answer.
function flood(stream, log, clock, connections, { first, of } = { first: 0, of: connections }, more = {}) {
  const clients = [];
  const setupClient = (client) => {
    const share = shareOf(stream.requests, first + clients.length, of);
    clients.push(client);
    countDrops(client, log);
    client.setRequests(
      share.map(({ follow, ...request }) => ({
        ...request,
        onResponse: (...answer) => note(client, follow, log, ...answer),
      })),
    );
  };
  const amount = stream.amount && Math.max(stream.amount, connections);
  const until = amount ? { amount } : { duration: stream.seconds - (performance.now() - clock) / 1000 };
  const instance = autocannon({
    url: base, connections, setupClient, timeout: TIMEOUT_SECONDS, sampleInt: more.connectionRate ? 1000 : 100,
    ...until, ...more,
  });
  instance.on("response", (_client, status, _bytes, time) => {
    log.statuses.push(status);
    log.times.push(time);
    log.ended.push(performance.now() - clock);
  });
  instance.on("reqError", () => log.errors++);
  const ages = setTimeout(() => {
    for (const client of clients) log.unanswered.push(...client.pipelinedRequests.toArray().map(age));
  }, stream.seconds * 1000 - (performance.now() - clock));
  return instance.then(() => clearTimeout(ages));
}

// autocannon does not report a closed connection: it sends the request again, and takes that answer for the lost one.
function countDrops(client, log) {
  const connect = client._connect;
  const forget = () => {
    client.pipelinedRequests.clear();
    client.parser.initialize("RESPONSE");
  };
  client._connect = () => {
    connect.call(client);
    const { conn } = client;
    conn.prependListener("error", forget); // autocannon counts this one: "reqError"
    conn.prependListener("end", () => {
      log.errors += client.pipelinedRequests.size();
      forget();
      conn.removeAllListeners("error").on("error", () => {});
    });
  };
}

// Every n-th request. If there are fewer requests than connections, several connections send the same one.
function shareOf(requests, index, of) {
  const size = Math.ceil(requests.length / of);
  return Array.from({ length: size }, (_, turn) => requests[(index + turn * of) % requests.length]);
}

// A refresh token is valid once, so the next request has the token from this answer.
function note(client, follow, log, status, body, _context, headers) {
  log.retry_after.push(Object.keys(headers).some((name) => name.toLowerCase() === "retry-after"));
  log.codes.push((status >= 400 && /"code": ?"(\w+)"/.exec(body)?.[1]) || null);
  if (follow && status === 200) client.setBody(JSON.stringify({ [follow]: JSON.parse(body)[follow] }));
}

function age({ startTime }) {
  const [seconds, nanoseconds] = process.hrtime(startTime);
  return seconds * 1e3 + nanoseconds / 1e6;
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
}
