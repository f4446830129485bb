import { createServer } from 'node:net';

/** Below the range from which the system takes the ports of clients, so that no client of the test takes one first. */
const FROM = 12_000;
const TO = 32_000;
let next = FROM + Math.floor(Math.random() * (TO - FROM));

/** That many ports of 127.0.0.1 on which nothing listens. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    next = next + 1 >= TO ? FROM : next + 1;
    if (await isFree(next)) ports.push(next);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
