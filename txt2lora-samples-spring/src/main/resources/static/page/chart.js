// The curve of what a training has left to learn.

import { element } from "./dom.js";

const WIDEST = 640;
const NARROWEST = 260;
const HEIGHT = 240;
const LEFT = 52;
const RIGHT = 24;
const TOP = 26;
const BOTTOM = 34;

function svg(name, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.textContent = text;
  return made;
}

const path = (points) => points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");

/**
 * Shows measurements in a place, as wide as it is, so that letters keep their size: the gap from 1 to 0, and the loss
 * relative to its largest value.
 */
export function showChart(place, measurements, iterations) {
  if (measurements.length === 0) {
    const note = "The curve of what is left to learn begins at the first measurement.";
    place.replaceChildren(element("p", { className: "note" }, note));
    return;
  }
  const width = Math.max(NARROWEST, Math.min(WIDEST, place.clientWidth));
  place.replaceChildren(chart(measurements, iterations, width));
}

function chart(measurements, iterations, width) {
  const node = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, class: "chart", role: "img" });
  const newest = measurements[measurements.length - 1];
  node.append(svg("title", {}, describe(measurements, newest, iterations)));
  const highest = Math.max(1, ...measurements.map((point) => point.gap));
  const x = (iteration) => LEFT + (iteration / Math.max(1, iterations)) * (width - LEFT - RIGHT);
  const y = (part) => HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
  for (const gap of [0, 0.5, 1]) {
    const height = y(gap / highest);
    node.append(svg("line", { x1: LEFT, x2: width - RIGHT, y1: height, y2: height, class: gap === 0 ? "axis" : "grid" }));
    node.append(svg("text", { x: LEFT - 6, y: height + 4, "text-anchor": "end" }, `${gap * 100} %`));
  }
  for (const part of [0, 0.5, 1]) {
    const iteration = Math.round(part * iterations);
    const anchor = ["start", "middle", "end"][part * 2];
    node.append(svg("text", { x: x(iteration), y: HEIGHT - 12, "text-anchor": anchor }, `${iteration}`));
  }
  const gaps = [[x(0), y(1 / highest)], ...measurements.map((point) => [x(point.iteration), y(point.gap / highest)])];
  const losses = measurements.filter((point) => point.loss != null);
  const largest = Math.max(Number.MIN_VALUE, ...losses.map((point) => point.loss));
  node.append(svg("polyline", { points: path(losses.map((p) => [x(p.iteration), y(p.loss / largest / highest)])), class: "loss" }));
  node.append(svg("polyline", { points: path(gaps), class: "gap" }));
  const [lastX, lastY] = gaps[gaps.length - 1];
  node.append(svg("circle", { cx: lastX, cy: lastY, r: 4.5, class: "dot" }));
  node.append(svg("text", { x: LEFT, y: 15, class: "of-gap" }, `left to learn: ${percent(newest.gap)}`));
  node.append(svg("text", { x: width - RIGHT, y: 15, "text-anchor": "end", class: "of-loss" }, "loss (dashed)"));
  return node;
}

const percent = (number) => `${Math.round(number * 100)} %`;

function describe(measurements, newest, iterations) {
  return `What is left to learn: ${percent(newest.gap)} after ${newest.iteration} of ${iterations} iterations, `
    + `${percent(measurements[0].gap)} after ${measurements[0].iteration}.`;
}
