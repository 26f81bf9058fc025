// Preloaded into a process, makes both of its clocks run 40 times as fast; timers keep their pace.
const FACTOR = 40;
const [start, wall, monotonic] = [Date.now(), Date.now, performance.now.bind(performance)];

Date.now = () => start + (wall() - start) * FACTOR;
performance.now = () => monotonic() * FACTOR;
