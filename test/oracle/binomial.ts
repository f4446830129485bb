/** How unlikely it is to see `k` of `n`, or a count further out on the same side, where each has the probability `p`. */
export function binomialTail(k: number, n: number, p: number): number {
  if (p <= 0) return k === 0 ? 1 : 0;
  if (p >= 1) return k === n ? 1 : 0;
  const atMost = Array.from({ length: k + 1 }, (_, i) => chance(i, n, p)).reduce((a, b) => a + b, 0);
  const atLeast = Array.from({ length: n - k + 1 }, (_, i) => chance(k + i, n, p)).reduce((a, b) => a + b, 0);
  return Math.min(atMost, atLeast);
}

function chance(i: number, n: number, p: number): number {
  return Math.exp(logFactorial(n) - logFactorial(i) - logFactorial(n - i) + i * Math.log(p) + (n - i) * Math.log(1 - p));
}

function logFactorial(n: number): number {
  let sum = 0;
  for (let i = 2; i <= n; i++) sum += Math.log(i);
  return sum;
}
