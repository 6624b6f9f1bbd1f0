// Measures how many passwords per second better-auth's own functions verify, without a server.
import { hashPassword, verifyPassword } from "better-auth/crypto";

const IN_FLIGHT = 4; // scrypt runs on libuv's four threads, so none of them waits for this loop
const [password, seconds] = [process.argv[2], Number(process.argv[3])];
const hash = await hashPassword(password);
const began = performance.now();
const cpu = process.cpuUsage();
let count = 0;

async function work() {
  while (performance.now() - began < seconds * 1000) {
    await verifyPassword({ hash, password });
    count += 1;
  }
}

await Promise.all(Array.from({ length: IN_FLIGHT }, work));
const took = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(cpu);
const cpu_ms = (user + system) / 1000 / count;
console.log(JSON.stringify({ per_second: count / took, cpu_ms, algorithm: "scrypt" }));
