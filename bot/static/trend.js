// Draws the table of months as lines. The table stays: it says the same in words, and is all there is without scripts.
(() => {
  const DASHES = [[], [8, 4], [2, 4]]; // which line is which does not hang on colour alone
  const holder = document.querySelector(".trend");
  const table = document.getElementById("months");
  if (!holder || !table || table.tBodies[0].rows.length < 2) return;

  const rows = [...table.tBodies[0].rows];
  const names = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  const months = rows.map((row) => row.cells[0].textContent.trim());
  const shown = (place) => rows.map((row) => row.cells[place + 1].textContent.trim());
  const values = (place) =>
    rows.map((row) => ("value" in row.cells[place + 1].dataset ? Number(row.cells[place + 1].dataset.value) : null));
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  let chart = null;

  const draw = () => {
    chart?.destroy();
    const inks = ["--pico-primary", "--warm", "--calm"].map(colour);
    const axis = { stroke: colour("--pico-muted-color"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
    const series = names.map((label, place) => ({
      label,
      stroke: inks[place],
      width: 2,
      dash: DASHES[place],
      points: { show: true, size: 7, fill: inks[place] },
      value: (_chart, _value, _series, index) => (index === null ? "" : shown(place)[index]),
    }));
    const options = {
      width: holder.clientWidth,
      height: 240,
      cursor: { drag: { x: false, y: false } },
      scales: { x: { time: false, range: (_chart, first, last) => [first - 0.3, last + 0.3] }, y: { range: (_chart, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
      axes: [
        { ...axis, splits: () => months.map((_month, place) => place), values: (_chart, places) => places.map((place) => (months[place] ?? "").slice(0, 3)) },
        { ...axis, size: 56 },
      ],
      series: [{ label: "Month", value: (_chart, place) => (place === null ? "" : months[place]) }, ...series],
    };
    chart = new uPlot(options, [months.map((_month, place) => place), ...names.map((_name, place) => values(place))], holder);
    chart.root.setAttribute("aria-hidden", "true");
  };

  draw();
  new ResizeObserver(() => chart.setSize({ width: holder.clientWidth, height: 240 })).observe(holder);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
