// Charts over time with uPlot, which stands in the page before this module: one value a moment, drawn in the page's own colours.

const pad = number => String(number).padStart(2, "0");

function colours(name) {
  const style = getComputedStyle(document.documentElement);
  const value = token => style.getPropertyValue(token).trim();
  return { stroke: value(`--${name}`), rgb: value(`--${name}-rgb`), ink: value("--ink-2"), line: value("--line"), font: value("--font") };
}

// Short marks: a number as people say it, in the reader's decimals.
function mark(number, data) {
  const [unit, name] = number >= 1e9 ? [1e9, " G"] : number >= 1e6 ? [1e6, " M"] : number >= 1e4 ? [1e3, " k"] : [1, ""];
  const text = String(Math.round(number / unit * 100) / 100).replace(".", data.decimalMark);
  return data.prefix + text + name;
}

// Seconds are those of the reader's clock, told as if they were UTC.
function when(seconds, span, data) {
  const time = new Date(seconds * 1000);
  const day = `${time.getUTCDate()} ${data.months[time.getUTCMonth()]}`;
  const clock = `${pad(time.getUTCHours())}:${pad(time.getUTCMinutes())}`;
  if (span > 200 * 86400) return `${data.months[time.getUTCMonth()]} ${time.getUTCFullYear()}`;
  if (span > 3 * 86400) return day;
  if (span <= 300) return `${clock}:${pad(time.getUTCSeconds())}`;
  return clock === "00:00" ? day : clock;
}

export function timeChart(place, page, first) {
  let data = first;
  let plot, tip, spanFrom, spanTo;

  const edges = () => {
    if (data.axis) return data.axis;
    const count = data.starts.length;
    return count === 0 ? [0, 1] : [data.starts[0], data.ends[count - 1]];
  };

  // A bar stands over the middle of its bucket.
  const points = () => [data.starts.map((start, index) => data.shape === "bars" ? (start + data.ends[index]) / 2 : start), data.values];

  const barWidth = u => {
    if (data.starts.length === 0) return [0.8, 60];
    const bucket = Math.min(...data.starts.map((start, index) => data.ends[index] - start));
    const pixels = u.valToPos(u.scales.x.min + bucket, "x", true) - u.valToPos(u.scales.x.min, "x", true);
    return Math.max(1, pixels * 0.82);
  };

  const drawBars = (u, seriesIndex, from, to) => {
    const width = barWidth(u);
    const path = new Path2D();
    const floor = u.valToPos(0, "y", true);
    for (let index = from; index <= to; index++) {
      const value = u.data[1][index];
      if (!value) continue;
      const left = u.valToPos(u.data[0][index], "x", true) - width / 2;
      const top = Math.min(u.valToPos(value, "y", true), floor - 1);
      path.roundRect(left, top, width, floor - top, [Math.min(3 * devicePixelRatio, width / 3), Math.min(3 * devicePixelRatio, width / 3), 0, 0]);
    }
    return { fill: path, stroke: null };
  };

  function make() {
    const look = colours(data.colour);
    const font = `12px ${look.font}`;
    const axis = { stroke: look.ink, font, ticks: { show: false }, grid: { stroke: look.line, width: 1 } };
    const isBars = data.shape === "bars";
    plot?.destroy();
    plot = new uPlot({
      width: place.clientWidth, height: place.clientHeight, ms: 1, tzDate: ts => new Date(ts * 1000),
      padding: [10, 20, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: !isBars, size: 9, fill: look.stroke }, drag: { x: !!page, y: false, setScale: false } },
      scales: {
        x: { time: false, range: edges },
        y: { range: (u, min, max) => [0, max > 0 ? max * 1.08 : 1] },
      },
      axes: [
        { ...axis, grid: { show: false }, space: 78, size: 26, splits: u => splits(u), values: (u, all) => all.map(s => when(s, spanTo - spanFrom, data)) },
        { ...axis, size: (u, all) => 14 + 7.2 * Math.max(3, ...(all ?? []).map(text => text.length)), space: 34, values: (u, all) => all.map(v => mark(v, data)) },
      ],
      series: [
        {},
        {
          stroke: look.stroke, width: isBars ? 0 : 2, fill: isBars ? look.stroke : data.shape === "area" ? `rgba(${look.rgb}, .16)` : undefined,
          points: { show: false }, spanGaps: false, paths: isBars ? drawBars : undefined,
        },
      ],
      hooks: { setCursor: [point], setSelect: [choose], ready: [u => u.over.addEventListener("click", () => click(u))] },
    }, points(), place);
    tip = document.createElement("div");
    tip.className = "chart-tip";
    tip.hidden = true;
    plot.over.appendChild(tip);
  }

  // Marks at round times of the reader's clock.
  function splits(u) {
    [spanFrom, spanTo] = [u.scales.x.min, u.scales.x.max];
    const steps = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000, 7776000, 31536000];
    const most = Math.max(2, Math.floor(place.clientWidth / 86));
    const step = steps.find(s => (spanTo - spanFrom) / s <= most) ?? steps.at(-1);
    const marks = [];
    for (let at = Math.ceil(spanFrom / step) * step; at <= spanTo; at += step) marks.push(at);
    return marks;
  }

  function point(u) {
    const index = u.cursor.idx;
    if (index == null || u.cursor.left < 0 || !data.texts[index]) {
      tip.hidden = true;
      return;
    }
    tip.hidden = false;
    tip.textContent = data.texts[index];
    const left = u.valToPos(u.data[0][index], "x");
    tip.style.transform = `translate(${Math.min(Math.max(0, left - tip.offsetWidth / 2), u.over.clientWidth - tip.offsetWidth)}px, 0)`;
  }

  let dragged = false;

  function choose(u) {
    if (!page || u.select.width < 4) return;
    dragged = true;
    const [from, to] = [u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")];
    u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    page.invokeMethodAsync("ChooseAsync", Math.floor(from), Math.ceil(to));
  }

  function click(u) {
    if (!page || dragged || data.shape !== "bars") {
      dragged = false;
      return;
    }
    const index = u.cursor.idx;
    if (index != null) page.invokeMethodAsync("ChooseAsync", data.starts[index], data.ends[index]);
  }

  const size = new ResizeObserver(() => {
    if (plot && place.clientWidth > 0 && place.clientWidth !== plot.width) plot.setSize({ width: place.clientWidth, height: place.clientHeight });
  });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  make();
  size.observe(place);
  addEventListener("caudal-theme", make);
  scheme.addEventListener("change", make);

  return {
    show(next) {
      const isSame = next.shape === data.shape && next.colour === data.colour && next.prefix === data.prefix;
      data = next;
      if (isSame) plot.setData(points()); else make();
    },

    end() {
      size.disconnect();
      removeEventListener("caudal-theme", make);
      scheme.removeEventListener("change", make);
      plot?.destroy();
    },
  };
}
