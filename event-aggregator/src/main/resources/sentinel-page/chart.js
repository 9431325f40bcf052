"use strict";

/** Small charts over the last minutes: stacked areas or lines, drawn anew each second. */
const Charts = (() => {
  const SECONDS = 300;
  const LEFT = 40;
  const BOTTOM = 20;
  const TOP = 8;

  const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /** The next of 1, 2, 2.5, 5, 10, … that is not below the value. */
  function niceCeiling(value) {
    if (value <= 0) {
      return 1;
    }
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 2.5, 5, 10].map(step => step * power).find(step => step >= value);
  }

  function format(value) {
    if (value >= 10000) {
      return `${Number((value / 1000).toFixed(2))}k`;
    }
    return String(Number(value.toFixed(2))); // half of 25 is 12.5, not 13
  }

  function surface(canvas) {
    const ratio = window.devicePixelRatio || 1;
    const { width, height } = canvas.getBoundingClientRect();
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = "11px system-ui, sans-serif";
    return { context, width, height };
  }

  function axes({ context, width, height }, top, unit) {
    const plot = height - BOTTOM - TOP;
    context.strokeStyle = color("--line");
    context.fillStyle = color("--soft");
    context.lineWidth = 1;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const part of [0, 0.5, 1]) {
      const y = Math.round(TOP + plot * (1 - part)) + 0.5;
      context.beginPath();
      context.moveTo(LEFT, y);
      context.lineTo(width, y);
      context.stroke();
      context.fillText(format(top * part), LEFT - 6, y);
    }
    context.textBaseline = "bottom";
    context.textAlign = "left";
    context.fillText("5 min ago", LEFT, height);
    context.textAlign = "center";
    context.fillText(unit, LEFT + (width - LEFT) / 2, height);
    context.textAlign = "right";
    context.fillText("now", width, height);
  }

  function scale({ width, height }, last, top) {
    const plot = height - BOTTOM - TOP;
    return {
      x: second => width - (last - second) * (width - LEFT) / (SECONDS - 1),
      y: value => TOP + plot * (1 - Math.min(value, top) / top),
    };
  }

  /** @param layers of {color, value}: from the bottom to the top */
  function stacked(canvas, points, layers, unit) {
    const paper = surface(canvas);
    const sums = points.map(point => layers.reduce((sum, layer) => sum + layer.value(point), 0));
    const top = niceCeiling(Math.max(1, ...sums));
    axes(paper, top, unit);
    if (points.length < 2) {
      return;
    }
    const { x, y } = scale(paper, points[points.length - 1].epochSecond, top);
    let below = points.map(() => 0);
    for (const layer of layers) {
      const above = points.map((point, i) => below[i] + layer.value(point));
      paper.context.beginPath();
      points.forEach((point, i) => paper.context.lineTo(x(point.epochSecond), y(above[i])));
      for (let i = points.length - 1; i >= 0; i--) {
        paper.context.lineTo(x(points[i].epochSecond), y(below[i]));
      }
      paper.context.closePath();
      paper.context.globalAlpha = 0.85;
      paper.context.fillStyle = color(layer.color);
      paper.context.fill();
      paper.context.globalAlpha = 1;
      below = above;
    }
  }

  /** Lines with gaps where nothing was measured. */
  function lines(canvas, points, series, unit) {
    const paper = surface(canvas);
    const values = points.flatMap(point => series.map(line => line.value(point) ?? 0));
    const top = niceCeiling(Math.max(1, ...values));
    axes(paper, top, unit);
    if (points.length === 0) {
      return;
    }
    const { x, y } = scale(paper, points[points.length - 1].epochSecond, top);
    for (const line of series) {
      paper.context.strokeStyle = color(line.color);
      paper.context.lineWidth = 1.6;
      paper.context.lineJoin = "round";
      paper.context.beginPath();
      let open = false;
      for (const point of points) {
        const value = line.value(point);
        if (value === null) {
          open = false;
        } else if (open) {
          paper.context.lineTo(x(point.epochSecond), y(value));
        } else {
          // A single second between two gaps is still a dash.
          paper.context.moveTo(x(point.epochSecond) - 1, y(value));
          paper.context.lineTo(x(point.epochSecond), y(value));
          open = true;
        }
      }
      paper.context.stroke();
    }
  }

  return { SECONDS, format, stacked, lines };
})();
