export const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** A line of what `npm run bench` prints: what is compared, the ratio, and the numbers behind it. */
export const report = (what, ratio, details) => console.log(`${what.padEnd(58)} ${ratio.padStart(8)}   ${details}`);
