import { decode } from "fast-png";
import { expect, test } from "vitest";
import { renderPng } from "../../src/cli/png.ts";
import { UnsupportedError } from "../../src/errors.ts";
import { mapFigure } from "../../src/figures/map-figure.ts";
import { clumpyMap, gramOf, noise, TEXT, tokens } from "../figures/made.ts";

const svg = mapFigure({ G: gramOf(noise(20, 4)), Y: clumpyMap(20), tokens: tokens(20), ...TEXT });

test("draws the figure in its size, times the scale", () => {
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number);
  for (const scale of [1, 2]) {
    const png = decode(renderPng(svg, { scale }));
    expect(png.width).toBe(width! * scale);
    expect(png.height).toBe(height! * scale);
  }
  expect(decode(renderPng(svg)).width).toBe(2 * width!);
});

test("draws picture, dots and text on white", () => {
  const png = decode(renderPng(svg, { scale: 1 }));
  const count = (r: number, g: number, b: number): number => {
    let pixels = 0;
    for (let i = 0; i < png.data.length; i += 4) {
      if (png.data[i] === r && png.data[i + 1] === g && png.data[i + 2] === b) pixels++;
    }
    return pixels;
  };
  expect([...png.data.slice(0, 4)]).toEqual([255, 255, 255, 255]);
  expect(count(179, 179, 255)).toBeGreaterThan(20 * 15); // the dots' faces
  expect(count(26, 26, 26)).toBeGreaterThan(50); // ink
  expect(count(255, 255, 255) / (png.width * png.height)).toBeGreaterThan(0.4);
});

test("without a font it refuses, in place of a picture without text", () => {
  expect(() => renderPng(svg, { fontFiles: [] })).toThrow(UnsupportedError);
  expect(() => renderPng(svg, { fontFiles: [] })).toThrow(/^PNG: found no font [^\n]*$/);
});

test("refuses a scale out of range", () => {
  for (const scale of [0, -1, 9, Number.NaN]) {
    expect(() => renderPng(svg, { scale })).toThrow(RangeError);
  }
});
